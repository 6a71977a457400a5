//! Numbers that banks and states give to people, told from other numbers by their check digits.

/// Whether it is an IBAN: two letters, two check digits, and a remainder of 1 by 97.
pub(super) fn is_iban(cell: &str) -> bool {
    let letters: Vec<u8> = cell.bytes().filter(|byte| !matches!(byte, b' ' | b'-')).collect();
    let Some((head, rest)) = letters.split_at_checked(4) else { return false };
    let is_headed = matches!(head, [a, b, c, d] if [a, b].iter().all(|it| it.is_ascii_alphabetic()) && [c, d].iter().all(|it| it.is_ascii_digit()));
    if !is_headed || !(11..=30).contains(&rest.len()) {
        return false;
    }
    let mut remainder = 0_u32;
    for byte in rest.iter().chain(head) {
        let Some(value) = char::from(*byte).to_digit(36) else { return false };
        remainder = (if value > 9 { remainder * 100 } else { remainder * 10 } + value) % 97;
    }
    remainder == 1
}

/// Whether it is a number of a person in a form that nothing else has.
pub(super) fn is_national(cell: &str) -> bool {
    if cell.len() > 24 || !cell.is_ascii() {
        return false;
    }
    let bytes = cell.as_bytes();
    let is_form = |form: &[u8]| {
        form.len() == bytes.len()
            && form.iter().zip(bytes).all(|(form, byte)| match form {
                b'9' => byte.is_ascii_digit(),
                b'A' => byte.is_ascii_alphabetic(),
                other => other == byte,
            })
    };
    let digits = digits_of(cell);
    (is_form(b"999-99-9999") && is_social_security(&digits))
        || (is_form(b"999.999.999-99") && is_cpf(&digits))
        || (is_form(b"99999999A") && is_spanish(cell))
        || (is_form(b"A9999999A") && is_spanish(cell))
        || (is_form(b"AAAAAA99A99A999A") && is_codice_fiscale(bytes))
        || ((is_form(b"999999-9999") || is_form(b"999999+9999")) && is_personnummer(&digits))
        || (is_form(b"999.9999.9999.99") && digits.starts_with(&[7, 5, 6]) && has_ean_check(&digits))
        || is_british(cell)
        || is_french(cell)
}

/// Whether digits alone are the number of a person: with a date of birth in it, and right check digits.
pub(super) fn is_plain(digits: &str) -> bool {
    match digits.len() {
        11 => is_pesel(&digits_of(digits)),
        15 => is_french(digits),
        _ => false,
    }
}

fn digits_of(cell: &str) -> Vec<u32> {
    cell.chars().filter_map(|c| c.to_digit(10)).collect()
}

fn weighted(digits: &[u32], weights: impl IntoIterator<Item = u32>) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// The United States: some areas were never given out.
fn is_social_security(digits: &[u32]) -> bool {
    let (Some((area, rest)), true) = (digits.split_at_checked(3), digits.len() == 9) else { return false };
    let area = weighted(area, [100, 10, 1]);
    let is_given = |part: Option<&[u32]>| part.is_some_and(|part| part.iter().any(|digit| *digit > 0));
    area != 0 && area != 666 && area < 900 && is_given(rest.get(..2)) && is_given(rest.get(2..))
}

/// Brazil.
fn is_cpf(digits: &[u32]) -> bool {
    let check = |length: u32| {
        let sum = weighted(digits, (2..=length + 1).rev());
        (sum * 10 % 11) % 10
    };
    matches!(digits, [first, rest @ .., tens, ones] if rest.len() == 8
        && rest.iter().any(|digit| digit != first)
        && check(9) == *tens
        && check(10) == *ones)
}

/// Spain: a letter that follows from the digits; foreigners have another letter in front.
fn is_spanish(cell: &str) -> bool {
    const LETTERS: &[u8] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    let upper = cell.to_ascii_uppercase();
    let number = match upper.as_bytes() {
        [b'X', ..] => upper.replacen('X', "0", 1),
        [b'Y', ..] => upper.replacen('Y', "1", 1),
        [b'Z', ..] => upper.replacen('Z', "2", 1),
        _ => upper,
    };
    let Some((digits, letter)) = number.split_at_checked(8) else { return false };
    let place = digits.parse::<usize>().ok().map(|number| number % LETTERS.len());
    place.and_then(|place| LETTERS.get(place)).is_some_and(|expected| letter.as_bytes() == [*expected])
}

/// Italy.
fn is_codice_fiscale(bytes: &[u8]) -> bool {
    const ODD: [u32; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let Some((check, rest)) = bytes.split_last() else { return false };
    let value = |byte: u8| char::from(byte).to_digit(36).map_or(0, |it| if it > 9 { it - 10 } else { it });
    let sum: u32 = rest
        .iter()
        .enumerate()
        .map(|(place, byte)| {
            let value = value(*byte);
            let odd = usize::try_from(value).ok().and_then(|value| ODD.get(value)).copied().unwrap_or(0);
            if place % 2 == 0 { odd } else { value }
        })
        .sum();
    value(*check) == sum % 26
}

/// Sweden: the check digit of Luhn.
fn is_personnummer(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .enumerate()
        .map(|(place, digit)| {
            let doubled = if place % 2 == 0 { digit * 2 } else { *digit };
            if doubled > 9 { doubled - 9 } else { doubled }
        })
        .sum();
    sum.is_multiple_of(10) && is_month(digits.get(2..4))
}

/// Switzerland.
fn has_ean_check(digits: &[u32]) -> bool {
    weighted(digits, [1, 3].into_iter().cycle()).is_multiple_of(10)
}

/// Poland: the month also says the century.
fn is_pesel(digits: &[u32]) -> bool {
    let is_summed = weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]).is_multiple_of(10);
    let month = digits.get(2..4).map_or(0, |month| weighted(month, [10, 1])) % 20;
    let day = digits.get(4..6).map_or(0, |day| weighted(day, [10, 1]));
    is_summed && (1..=12).contains(&month) && (1..=31).contains(&day)
}

fn is_month(digits: Option<&[u32]>) -> bool {
    digits.is_some_and(|month| (1..=12).contains(&weighted(month, [10, 1])))
}

/// Great Britain: two letters, six digits, a letter.
fn is_british(cell: &str) -> bool {
    let letters: Vec<u8> =
        cell.bytes().filter(|byte| *byte != b' ').map(|byte| byte.to_ascii_uppercase()).collect();
    matches!(letters.as_slice(), [a, b, digits @ .., end]
        if digits.len() == 6
            && digits.iter().all(u8::is_ascii_digit)
            && [a, b].iter().all(|it| it.is_ascii_alphabetic() && !b"DFIQUV".contains(it))
            && *b != b'O'
            && (b'A'..=b'D').contains(end))
}

/// France: sex, year and month of birth, place, order, and a key by 97.
fn is_french(cell: &str) -> bool {
    let digits: String = cell.chars().filter(|c| *c != ' ').collect();
    let (number, key) = match digits.len() {
        15 => digits.split_at(13),
        _ => return false,
    };
    let (Ok(number_value), Ok(key)) = (number.parse::<u64>(), key.parse::<u64>()) else { return false };
    let is_born = digits.starts_with(['1', '2']) && is_month(digits_of(number).get(3..5));
    is_born && key == 97 - number_value % 97
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ibans_have_right_check_digits() {
        for iban in [
            "DE89 3704 0044 0532 0130 00",
            "GB82 WEST 1234 5698 7654 32",
            "nl91abna0417164300",
            "FR1420041010050500013M02606",
        ] {
            assert!(is_iban(iban), "{iban}");
        }
        for other in [
            "DE89370400440532013001",
            "DE8937040044",
            "8937040044053201300012",
            "GB82 WEST 1234 5698 7654 3é",
            "",
            "DE89",
        ] {
            assert!(!is_iban(other), "{other}");
        }
    }

    #[test]
    fn numbers_of_people_have_right_check_digits() {
        for id in [
            "856-45-6789",
            "111.444.777-35",
            "12345678Z",
            "X1234567L",
            "RSSMRA85T10A562S",
            "811218-9876",
            "756.9217.0769.85",
            "AB 12 34 56 C",
            "2 55 08 14 168 025 38",
        ] {
            assert!(is_national(id), "{id}");
        }
        for other in [
            "666-45-6789",
            "111.444.777-36",
            "111.111.111-11",
            "12345678A",
            "RSSMRA85T10A562X",
            "811218-9877",
            "AB123456E",
            "figures",
            "2025-01-31",
        ] {
            assert!(!is_national(other), "{other}");
        }
        assert!(is_plain("44051401359") && is_plain("255081416802538"));
        assert!(!is_plain("44051401358") && !is_plain("12345678901") && !is_plain("1200"));
    }
}
