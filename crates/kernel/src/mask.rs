//! Personal data for eyes that may not see it whole.

/// `ada@northlight.example` as `a***@n***.example`: enough to recognise an address one knows.
pub fn mask_email(email: &str) -> String {
    let first = |text: &str| text.chars().next().map(String::from).unwrap_or_default();
    let (local, domain) = email.split_once('@').unwrap_or((email, ""));
    let (name, ending) = domain.rsplit_once('.').unwrap_or((domain, ""));
    format!("{}***@{}***.{ending}", first(local), first(name))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_address_keeps_its_first_letters_and_its_ending() {
        assert_eq!(mask_email("ada@northlight.example"), "a***@n***.example");
        assert_eq!(mask_email("ada@mail.northlight.example"), "a***@m***.example");
    }

    proptest! {
        #[test]
        fn what_is_masked_never_holds_the_address(local in "[a-z]{2,20}", name in "[a-z]{2,20}") {
            let masked = mask_email(&format!("{local}@{name}.example"));
            // The ending is shown; before it is nothing but the first letters.
            let hidden = masked.strip_suffix(".example").unwrap();
            prop_assert!(!hidden.contains(&local) && !hidden.contains(&name), "{}", masked);
        }
    }
}
