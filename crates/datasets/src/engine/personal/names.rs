//! What names of people look like.

/// How a cell of words is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Like a name, and one of its words is a given name that many people have.
    Known,
    /// Like a name, but also like other things that have capitals.
    Capitals,
    /// Like no name.
    Other,
}

/// Longer ones are sentences.
const LONGEST: usize = 60;
const MOST_WORDS: usize = 5;
/// Words between the parts of a name, and titles before it.
const BETWEEN: [&str; 22] = [
    "van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "la", "le", "bin", "ibn", "al",
    "el", "y", "dr", "prof", "mr", "mrs", "ms",
];
/// Words that companies have in their names.
const COMPANIES: [&str; 22] = [
    "inc", "ltd", "llc", "llp", "plc", "gmbh", "ag", "kg", "sa", "sarl", "srl", "spa", "bv", "nv", "ab",
    "oy", "as", "co", "corp", "labs", "group", "company",
];
/// Given names that many people have, in lower case and in the order of the alphabet.
#[rustfmt::skip]
const GIVEN: [&str; 258] = [
    "aaron", "abdullah", "ada", "adam", "aisha", "alan", "alberto", "alejandro", "alessandro", "alex",
    "alexander", "alexandra", "ali", "alice", "alicja", "amelia", "amir", "amy", "ana", "andrea", "andreas",
    "andrew", "angela", "anita", "anna", "anne", "anthony", "antonio", "arjun", "astrid", "barbara",
    "beatriz", "ben", "benjamin", "bernd", "bjorn", "bob", "brian", "bruno", "camille", "carl", "carla",
    "carlos", "carmen", "caroline", "catherine", "charles", "charlotte", "chen", "chiara", "chris",
    "christian", "christine", "christoph", "claire", "clara", "claudia", "daniel", "daniela", "david",
    "deepak", "diana", "diego", "dmitri", "dorothea", "edward", "elena", "elif", "elisabeth", "elizabeth",
    "emily", "emma", "emre", "eric", "erik", "ernst", "eva", "eve", "fatima", "felix", "fernando", "filip",
    "florian", "francesca", "francesco", "francois", "frank", "franz", "frida", "gabriel", "georg", "george",
    "giulia", "giuseppe", "grace", "greta", "gustav", "hannah", "hans", "harry", "hassan", "heike",
    "heinrich", "helen", "helena", "henri", "henry", "hiroshi", "hugo", "ian", "ibrahim", "igor", "ines",
    "ingrid", "irina", "isabel", "ivan", "jack", "jacob", "james", "jan", "jana", "jane", "javier", "jean",
    "jennifer", "jessica", "joao", "johan", "johanna", "johannes", "john", "jonas", "jorge", "jose", "joseph",
    "juan", "julia", "julien", "jurgen", "jürgen", "karen", "karl", "katarzyna", "katharina", "katherine",
    "kenji", "kevin", "klaus", "krzysztof", "lars", "laura", "lea", "leon", "li", "linda", "lisa", "louis",
    "luca", "lucas", "lucia", "luis", "lukas", "manuel", "marco", "maria", "marie", "mark", "markus", "marta",
    "martin", "mary", "matteo", "max", "mehmet", "michael", "miguel", "mohamed", "mohammed", "monika",
    "nadia", "natalia", "nicolas", "nina", "noah", "olga", "oliver", "olivia", "omar", "oskar", "pablo",
    "patricia", "paul", "paula", "pedro", "peter", "petra", "philipp", "pierre", "piotr", "priya", "rachel",
    "raj", "ravi", "rebecca", "renate", "ricardo", "richard", "robert", "roberto", "rosa", "ruth", "ryan",
    "sabine", "samuel", "sandra", "sara", "sarah", "sebastian", "sergei", "silvia", "simon", "sofia",
    "sophia", "sophie", "stefan", "stephanie", "steven", "susan", "susanne", "sven", "tanja", "tatiana",
    "theresa", "thomas", "tim", "tobias", "tom", "tomasz", "ulrich", "ursula", "valentina", "vera", "victor",
    "viktor", "vincent", "vladimir", "walter", "wei", "werner", "william", "wolfgang", "xavier", "yan",
    "yasmin", "yuki", "zara", "zoe",
];

/// How the words of a cell are written; it holds no digits.
pub(super) fn shape(cell: &str) -> Shape {
    if cell.len() > LONGEST || !cell.chars().all(|c| c.is_alphabetic() || is_between(c)) {
        return Shape::Other;
    }
    let words = || cell.split(is_between).filter(|word| !word.is_empty());
    let is_of = |list: &[&str], word: &str| list.iter().any(|known| known.eq_ignore_ascii_case(word));
    // Most words are small, so this is asked first.
    if !words().all(|word| is_capitalised(word) || is_of(&BETWEEN, word)) {
        return Shape::Other;
    }
    let is_known = words().any(is_given);
    let count = words().filter(|word| !is_of(&BETWEEN, word)).count();
    let is_long_enough = count >= 2 || (count == 1 && is_known);
    if !is_long_enough || count > MOST_WORDS || words().any(|word| is_of(&COMPANIES, word)) {
        return Shape::Other;
    }
    if is_known { Shape::Known } else { Shape::Capitals }
}

fn is_given(word: &str) -> bool {
    let letters = || word.bytes().map(|letter| letter.to_ascii_lowercase());
    GIVEN.binary_search_by(|name| name.bytes().cmp(letters())).is_ok()
}

fn is_between(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | ',' | '.' | '-' | '\'' | '’')
}

/// A capital and then small letters, or an initial alone.
fn is_capitalised(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_uppercase)
        && letters.filter(|c| c.is_uppercase()).count() <= 1
        && (word.chars().count() == 1 || word.chars().any(char::is_lowercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_given_name_is_found() {
        assert!(GIVEN.is_sorted());
        let written = |name: &str| name[..1].to_uppercase() + &name[1..];
        assert!(GIVEN.iter().all(|name| is_given(name) && is_given(&written(name))));
    }

    #[test]
    fn names_are_told_from_other_words() {
        for name in [
            "Ada Moreau",
            "Moreau, Ada",
            "Dr. Peter van der Berg",
            "Jean-Pierre O'Neill",
            "Maria",
            "John F. Kennedy",
            "Anna McGregor",
        ] {
            assert_eq!(shape(name), Shape::Known, "{name}");
        }
        assert_eq!(shape("Gross Margin"), Shape::Capitals);
        assert_eq!(shape("Zelda Xqwr"), Shape::Capitals);
        for other in [
            "mrr",
            "New MRR",
            "Premium",
            "Acme GmbH",
            "churned customers",
            "Maria & Co",
            "",
            "Maria Inc",
            "a b",
        ] {
            assert_eq!(shape(other), Shape::Other, "{other}");
        }
    }
}
