//! What headers say about the cells below them, in several languages.

/// What a header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HeaderHint {
    Email,
    Phone,
    /// A name of a person.
    Name,
    /// A name, but it may be one of something else.
    MaybeName,
    Iban,
    NationalId,
    /// When or where somebody was born.
    Birth,
    FreeText,
}

/// Words as they stand in headers once these are in lower case, with single blanks between words.
const HINTS: [(HeaderHint, &[&str]); 8] = [
    (
        HeaderHint::Email,
        &[
            "email",
            "e mail",
            "mail",
            "emails",
            "e mails",
            "emailaddress",
            "mailadresse",
            "emailadresse",
            "correo",
            "correo electronico",
            "correo electrónico",
            "courriel",
            "posta elettronica",
            "電子メール",
            "メール",
            "邮箱",
            "почта",
        ],
    ),
    (
        HeaderHint::Phone,
        &[
            "phone",
            "phones",
            "phonenumber",
            "telephone",
            "tel",
            "mobile",
            "mobilephone",
            "cell",
            "cellphone",
            "fax",
            "whatsapp",
            "telefon",
            "telefonnummer",
            "handy",
            "handynummer",
            "mobil",
            "mobilnummer",
            "telefono",
            "teléfono",
            "movil",
            "móvil",
            "telefone",
            "celular",
            "téléphone",
            "portable",
            "cellulare",
            "telefoon",
            "電話",
            "電話番号",
            "电话",
            "手机",
            "телефон",
        ],
    ),
    (
        HeaderHint::Name,
        &[
            "first name",
            "firstname",
            "given name",
            "forename",
            "middle name",
            "last name",
            "lastname",
            "surname",
            "family name",
            "maiden name",
            "full name",
            "fullname",
            "vorname",
            "nachname",
            "familienname",
            "prénom",
            "prenom",
            "nom de famille",
            "apellido",
            "apellidos",
            "cognome",
            "sobrenome",
            "voornaam",
            "achternaam",
            "imię",
            "imie",
            "nazwisko",
            "fornavn",
            "etternavn",
            "förnamn",
            "efternamn",
            "имя",
            "фамилия",
            "姓名",
            "氏名",
            "名前",
        ],
    ),
    (
        HeaderHint::MaybeName,
        &[
            "name",
            "names",
            "nom",
            "nombre",
            "nome",
            "naam",
            "navn",
            "namn",
            "person",
            "people",
            "mitarbeiter",
            "mitarbeiterin",
            "ansprechpartner",
            "founder",
            "candidate",
            "patient",
            "student",
            "attendee",
            "participant",
            "salesperson",
            "manager",
            "contact",
            "employee",
            "owner",
            "user",
            "member",
            "empleado",
            "employé",
        ],
    ),
    (
        HeaderHint::Iban,
        &[
            "iban",
            "kontonummer",
            "bankkonto",
            "bankverbindung",
            "bank account",
            "bankaccount",
            "account iban",
            "rib",
            "clabe",
        ],
    ),
    (
        HeaderHint::NationalId,
        &[
            "ssn",
            "social security",
            "social security number",
            "national id",
            "national identity",
            "nationalid",
            "national insurance",
            "nino",
            "nif",
            "nie",
            "dni",
            "cpf",
            "pesel",
            "personnummer",
            "personal identity",
            "cnp",
            "codice fiscale",
            "codicefiscale",
            "steuer id",
            "steuerid",
            "steueridentifikationsnummer",
            "sozialversicherungsnummer",
            "svnr",
            "sv nummer",
            "rentenversicherungsnummer",
            "ahv",
            "ahv nummer",
            "bsn",
            "burgerservicenummer",
            "nir",
            "insee",
            "numéro de sécurité sociale",
            "aadhaar",
            "passport",
            "passport number",
            "reisepass",
            "reisepassnummer",
            "personalausweis",
            "ausweisnummer",
            "driver license",
            "driving licence",
            "id card",
            "identity card",
        ],
    ),
    (
        HeaderHint::Birth,
        &[
            "birthday",
            "birthdate",
            "birth date",
            "date of birth",
            "dob",
            "place of birth",
            "geburtsdatum",
            "geburtstag",
            "geburtsort",
            "date de naissance",
            "fecha de nacimiento",
            "data di nascita",
            "data de nascimento",
            "geboortedatum",
            "生年月日",
            "出生日期",
        ],
    ),
    (
        HeaderHint::FreeText,
        &[
            "note",
            "notes",
            "comment",
            "comments",
            "remark",
            "remarks",
            "feedback",
            "message",
            "messages",
            "address",
            "postal address",
            "street",
            "bemerkung",
            "bemerkungen",
            "notiz",
            "notizen",
            "kommentar",
            "kommentare",
            "nachricht",
            "adresse",
            "anschrift",
            "straße",
            "strasse",
            "commentaire",
            "commentaires",
            "remarque",
            "dirección",
            "direccion",
            "comentario",
            "comentarios",
            "observaciones",
            "indirizzo",
            "endereço",
            "備考",
            "备注",
            "住所",
            "地址",
            "diagnosis",
            "diagnose",
        ],
    ),
];

/// Words that may stand beside them and change nothing.
const BESIDE: [&str; 48] = [
    "number",
    "numbers",
    "no",
    "nr",
    "nummer",
    "num",
    "address",
    "adresse",
    "work",
    "home",
    "private",
    "business",
    "office",
    "contact",
    "customer",
    "client",
    "kunde",
    "kunden",
    "employee",
    "user",
    "member",
    "person",
    "owner",
    "founder",
    "patient",
    "student",
    "guest",
    "primary",
    "main",
    "secondary",
    "other",
    "emergency",
    "personal",
    "of",
    "the",
    "de",
    "du",
    "der",
    "des",
    "del",
    "1",
    "2",
    "3",
    "text",
    "free",
    "your",
    "mobile",
    "street",
];

/// What the header says, if it says something about people and nothing else.
pub(super) fn hint(header: &str) -> Option<HeaderHint> {
    let words = words(header);
    HINTS
        .into_iter()
        .find_map(|(hint, phrases)| phrases.iter().any(|phrase| says(&words, phrase)).then_some(hint))
}

/// Whether the words are those of the phrase, and others that may stand beside it.
fn says(words: &[String], phrase: &str) -> bool {
    let phrase: Vec<&str> = phrase.split(' ').collect();
    let is_beside = |words: &[String]| words.iter().all(|word| BESIDE.contains(&word.as_str()));
    words.windows(phrase.len()).enumerate().any(|(place, window)| {
        let (before, after) = (words.get(..place), words.get(place + phrase.len()..));
        window.iter().map(String::as_str).eq(phrase.iter().copied())
            && before.is_some_and(is_beside)
            && after.is_some_and(is_beside)
    })
}

/// The words of a header in lower case: what stands between them and a capital inside of one part them.
fn words(header: &str) -> Vec<String> {
    const LONGEST: usize = 120;
    let mut parted = String::new();
    let mut is_after_small = false;
    for letter in header.chars().take(LONGEST) {
        if is_after_small && letter.is_uppercase() {
            parted.push(' ');
        }
        is_after_small = letter.is_lowercase();
        if letter.is_alphanumeric() { parted.extend(letter.to_lowercase()) } else { parted.push(' ') }
    }
    parted.split_whitespace().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_however_it_is_written() {
        for header in ["E-Mail", "contactEmail", "CUSTOMER_EMAIL", "Email address", "e-mail 2"] {
            assert_eq!(hint(header), Some(HeaderHint::Email), "{header}");
        }
        assert_eq!(hint("Mobile Phone (work)"), Some(HeaderHint::Phone));
        assert_eq!(hint("Employee Name"), Some(HeaderHint::MaybeName));
        assert_eq!(hint("Street address"), Some(HeaderHint::FreeText));
        assert_eq!(hint("date_of_birth"), Some(HeaderHint::Birth));
    }

    #[test]
    fn a_header_about_something_else_says_nothing_about_people() {
        for header in [
            "Email opens",
            "Phone support tickets",
            "Mobile revenue",
            "Metric name",
            "Company name",
            "customers",
            "",
            "MRR",
            "month",
        ] {
            assert_eq!(hint(header), None, "{header}");
        }
    }
}
