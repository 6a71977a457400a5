//! Personal data for eyes that may not see it whole. Whatever is masked shows no more than a few letters of what it was, also if it
//! is not of the form that its name says.

/// Stands for what is not shown at all.
pub const WITHHELD: &str = "(withheld)";
/// Stands for the hidden part of what is shown in part.
const HIDDEN: &str = "***";
/// Digits of a telephone number, at least; shorter ones are hidden whole.
const LEAST_PHONE_DIGITS: usize = 6;
/// Letters and digits of an IBAN.
const IBAN_LENGTH: std::ops::RangeInclusive<usize> = 15..=34;
/// Words of a name whose initials are shown.
const INITIALS: usize = 4;

/// `ada@northlight.example` as `a***@n***.example`: enough to recognise an address one knows.
pub fn mask_email(email: &str) -> String {
    const LONGEST_ENDING: usize = 8;
    let email = email.trim();
    let first =
        |text: &str| text.chars().next().filter(|c| c.is_alphanumeric()).map_or(String::new(), String::from);
    let (local, domain) = email.split_once('@').unwrap_or((email, ""));
    let (name, ending) = domain.rsplit_once('.').unwrap_or((domain, ""));
    let is_ending = ending.len() <= LONGEST_ENDING && ending.bytes().all(|byte| byte.is_ascii_alphabetic());
    format!("{}{HIDDEN}@{}{HIDDEN}.{}", first(local), first(name), if is_ending { ending } else { HIDDEN })
}

/// `+49 30 901820` as `***20`.
pub fn mask_phone(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    match digits.as_slice() {
        [hidden @ .., tens, ones] if hidden.len() + 2 >= LEAST_PHONE_DIGITS => {
            format!("{HIDDEN}{tens}{ones}")
        }
        _ => HIDDEN.to_owned(),
    }
}

/// `Ada Moreau` as `A. M.`; letters of scripts without capitals would be half of the name, and are hidden.
pub fn mask_name(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let initial = |word: &str| word.chars().next().filter(|c| c.is_uppercase() || c.is_lowercase());
    let initials: Vec<String> =
        words.take(INITIALS).filter_map(initial).map(|letter| format!("{letter}.")).collect();
    if initials.is_empty() { HIDDEN.to_owned() } else { initials.join(" ") }
}

/// `DE89 3704 0044 0532 0130 00` as `***3000`.
pub fn mask_iban(iban: &str) -> String {
    let letters: Vec<char> = iban.chars().filter(|c| !matches!(c, ' ' | '-' | '\u{a0}')).collect();
    let is_iban = IBAN_LENGTH.contains(&letters.len())
        && letters.iter().all(char::is_ascii_alphanumeric)
        && letters.iter().filter(|c| c.is_ascii_digit()).count() * 2 >= letters.len();
    match letters.as_slice() {
        [.., a, b, c, d] if is_iban => format!("{HIDDEN}{a}{b}{c}{d}"),
        _ => HIDDEN.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_address_keeps_its_first_letters_and_its_ending() {
        assert_eq!(mask_email("ada@northlight.example"), "a***@n***.example");
        assert_eq!(mask_email("ada@mail.northlight.example"), "a***@m***.example");
        assert_eq!(mask_email("=ada@northlight.example"), "***@n***.example");
        assert_eq!(mask_email("a@b.Ada Moreau is ill"), "a***@b***.***");
    }

    #[test]
    fn a_telephone_number_keeps_two_digits_and_a_short_one_none() {
        assert_eq!(mask_phone("+49 (30) 9018-20"), "***20");
        assert_eq!(mask_phone("4711"), "***");
        assert_eq!(mask_phone("call Ada"), "***");
    }

    #[test]
    fn a_name_keeps_its_initials() {
        assert_eq!(mask_name("Ada Moreau"), "A. M.");
        assert_eq!(mask_name("moreau, ada-marie"), "m. a. m.");
        assert_eq!(mask_name("王小明"), "***");
        assert_eq!(mask_name("4711"), "***");
    }

    #[test]
    fn an_iban_keeps_four_digits_and_what_is_none_keeps_nothing() {
        assert_eq!(mask_iban("DE89 3704 0044 0532 0130 00"), "***3000");
        assert_eq!(mask_iban("GB82WEST12345698765432"), "***5432");
        assert_eq!(mask_iban("the bank of Ada Moreau"), "***");
        assert_eq!(mask_iban(""), "***");
    }

    proptest! {
        #[test]
        fn a_masked_address_never_holds_the_address(local in "[a-z]{2,20}", name in "[a-z]{2,20}") {
            let masked = mask_email(&format!("{local}@{name}.example"));
            // The ending is shown; before it is nothing but the first letters.
            let hidden = masked.strip_suffix(".example").unwrap();
            prop_assert!(!hidden.contains(&local) && !hidden.contains(&name), "{}", masked);
        }

        #[test]
        fn a_masked_number_never_holds_its_first_digits(digits in "[1-9][0-9]{5,14}", gap in "[ ./()-]") {
            let (first, last) = digits.split_at(digits.len() - 2);
            let masked = mask_phone(&format!("+{first}{gap}{last}"));
            prop_assert_eq!(&masked, &format!("***{last}"));
            prop_assert!(!masked.contains(first));
        }

        #[test]
        fn a_masked_name_never_holds_a_word_of_it(words in prop::collection::vec("[A-Z][a-zß-ü]{1,12}", 1..6)) {
            let masked = mask_name(&words.join(" "));
            prop_assert!(words.iter().all(|word| !masked.contains(word.as_str())), "{}", masked);
        }

        #[test]
        fn a_masked_iban_never_holds_what_comes_before_its_end(start in "[A-Z]{2}[0-9]{14,26}", end in "[0-9]{4}") {
            let masked = mask_iban(&format!("{start}{end}"));
            prop_assert_eq!(&masked, &format!("***{end}"));
            prop_assert!(!masked.contains(&start));
        }

        #[test]
        fn whatever_is_masked_as_something_else_shows_a_few_letters_at_most(text in "\\PC{0,80}") {
            let shown = |masked: &str| masked.chars().filter(|c| c.is_alphanumeric()).count();
            prop_assert!(shown(&mask_email(&text)) <= 10);
            prop_assert!(shown(&mask_phone(&text)) <= 2);
            prop_assert!(shown(&mask_name(&text)) <= INITIALS);
            prop_assert!(shown(&mask_iban(&text)) <= 4);
        }
    }
}
