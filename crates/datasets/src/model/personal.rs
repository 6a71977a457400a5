//! What the cells of a column say about people, and how that is masked.

use std::str::FromStr;

use kernel::{WITHHELD, mask_email, mask_iban, mask_name, mask_phone};
use serde::{Deserialize, Serialize};

use super::{UnknownKeyError, formats::choices};

choices! {
    /// What the cells of a column say about people.
    PersonalData {
        /// Nothing.
        NotPersonal "none" "Not personal data",
        /// Addresses of mail.
        Email "email" "E-mail",
        /// Telephone numbers.
        Phone "phone" "Phone",
        /// Names of people.
        Name "name" "Name",
        /// Numbers of bank accounts.
        Iban "iban" "IBAN",
        /// Numbers that a state gives to a person, and those of passports.
        NationalId "national_id" "National id",
        /// Words about people.
        FreeText "free_text" "Free text about people",
    }
}

impl PersonalData {
    /// Whether cells are masked.
    pub fn is_personal(self) -> bool {
        self != Self::NotPersonal
    }

    /// A cell as everybody may see it; an empty one stays empty.
    pub fn mask(self, cell: &str) -> String {
        if cell.trim().is_empty() {
            return cell.to_owned();
        }
        match self {
            Self::NotPersonal => cell.to_owned(),
            Self::Email => mask_email(cell),
            Self::Phone => mask_phone(cell),
            Self::Name => mask_name(cell),
            Self::Iban => mask_iban(cell),
            Self::NationalId | Self::FreeText => WITHHELD.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_personal_data_is_masked_its_own_way_and_nothing_stays_nothing() {
        let masked = |kind: PersonalData, cell: &str| kind.mask(cell);
        assert_eq!(masked(PersonalData::Email, "ada@acme.example"), "a***@a***.example");
        assert_eq!(masked(PersonalData::Phone, "+49 30 901820"), "***20");
        assert_eq!(masked(PersonalData::Name, "Ada Moreau"), "A. M.");
        assert_eq!(masked(PersonalData::Iban, "DE89370400440532013000"), "***3000");
        assert_eq!(masked(PersonalData::NationalId, "856-45-6789"), WITHHELD);
        assert_eq!(masked(PersonalData::FreeText, "Ada is ill"), WITHHELD);
        assert_eq!(masked(PersonalData::NotPersonal, "1,200"), "1,200");
        for kind in PersonalData::ALL {
            assert_eq!(kind.mask(" "), " ", "{kind:?}");
        }
    }
}
