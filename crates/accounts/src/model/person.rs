//! People and the workspaces they see.

use chrono::{DateTime, Utc};
use kernel::{Currency, FieldErrors, Role, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};

use super::profile::text_between;

/// Someone who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The person's id.
    pub id: UserId,
    /// What the person is called.
    pub display_name: String,
    /// Where the person gets mail.
    pub email: String,
}

impl Person {
    /// One or two letters for a small badge.
    pub fn initials(&self) -> String {
        let mut words = self.display_name.split_whitespace().filter_map(|word| word.chars().next());
        let first = words.next();
        first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
    }
}

/// One entry of the workspace switch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceSummary {
    /// The workspace.
    pub id: WorkspaceId,
    /// The part of every address in this workspace.
    pub slug: String,
    /// The company's name.
    pub name: String,
    /// Whether all of its data is made up.
    pub is_synthetic: bool,
}

/// What every page of a workspace needs to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceView {
    /// The workspace itself.
    pub workspace: WorkspaceSummary,
    /// Its id.
    pub id: WorkspaceId,
    /// What the person looking may do.
    pub role: Role,
    /// Whether they may see personal data unmasked, once they have shown who they are.
    pub reads_personal_data: bool,
    /// Who looks; nobody when a stranger sees the demo.
    pub person: Option<Person>,
    /// Every workspace this person belongs to.
    pub others: Vec<WorkspaceSummary>,
    /// The currency figures are kept in.
    pub currency: Currency,
    /// When the workspace is deleted, if its owner asked for that.
    pub deletion_due_at: Option<DateTime<Utc>>,
    /// Whether the person runs the instance.
    pub is_administrator: bool,
    /// Until when the person sees it as an administrator in an emergency, without belonging to it.
    pub look_ends_at: Option<DateTime<Utc>>,
}

/// Someone who signs up with a password, checked.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// What the person is called.
    pub display_name: String,
    /// The address, in lower case.
    pub email: String,
    /// The company that the first workspace is for.
    pub company: String,
    /// The password as typed.
    pub password: String,
}

impl NewPerson {
    /// Checks a sign-up form; every wrong field gets its own sentence.
    pub fn parse(name: &str, email: &str, company: &str, password: &str) -> Result<Self, kernel::AppError> {
        let mut errors = FieldErrors::default();
        let display_name = errors.take("name", text_between(name, 1, 80, "your name"));
        let email = errors.take("email", parse_email(email));
        let company = errors.take("company", text_between(company, 1, 80, "the name of your company"));
        let context = [email.as_deref().unwrap_or(""), company.as_deref().unwrap_or("")];
        if let Err(message) = check_password(password, &context) {
            errors.add("password", message);
        }
        errors.into_result()?;
        Ok(Self {
            display_name: display_name.unwrap_or_default(),
            email: email.unwrap_or_default(),
            company: company.unwrap_or_default(),
            password: password.to_owned(),
        })
    }
}

/// Checks the form of an address and lowers its case. Only a message that arrives proves an address.
pub(crate) fn parse_email(text: &str) -> Result<String, String> {
    let email = text.trim().to_lowercase();
    if email.is_empty() {
        return Err("Enter your e-mail address".to_owned());
    }
    let is_plausible = text.trim().chars().count() <= 254
        && !email.chars().any(|c| c.is_whitespace() || c.is_control() || "<>()[],;:\\\"".contains(c))
        && email.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && !domain.contains('@')
                && domain.contains('.')
                && domain.split('.').all(|label| !label.is_empty())
        });
    if is_plausible {
        Ok(email)
    } else {
        Err(format!("“{}” is not an e-mail address. It looks like name@company.com", text.trim()))
    }
}

/// The same check for an address that a sign-in provider vouches for.
#[cfg(feature = "server")]
pub(crate) fn parse_email_of_provider(text: &str) -> Result<String, kernel::AppError> {
    parse_email(text).map_err(kernel::AppError::forbidden)
}

/// Checks an address that was typed into the field `email`.
#[cfg(feature = "server")]
pub(crate) fn parse_email_field(text: &str) -> Result<String, kernel::AppError> {
    parse_email(text).map_err(|message| kernel::AppError::invalid("email", message))
}

/// Checks the name of a company that was typed into the field `name`, as at sign-up.
#[cfg(feature = "server")]
pub(crate) fn parse_workspace_name(text: &str) -> Result<String, kernel::AppError> {
    let name = text_between(text, 1, 80, "the name of your company");
    name.map_err(|message| kernel::AppError::invalid("name", message))
}

/// Checks a new password that was typed into the field `password`; `context` are words it may not mostly consist of.
#[cfg(feature = "server")]
pub(crate) fn check_new_password(password: &str, context: &[&str]) -> Result<(), kernel::AppError> {
    check_password(password, context).map_err(|message| kernel::AppError::invalid("password", message))
}

/// Length instead of composition rules, and no well-known or self-evident passwords (NIST SP 800-63B-4, 3.1.1): those that the estimator
/// zxcvbn finds in fewer than a hundred million guesses, by its lists of passwords from breaches, names, words and ways on keyboards.
fn check_password(password: &str, context: &[&str]) -> Result<(), String> {
    const SHORTEST: usize = 15;
    const LONGEST: usize = 256;
    let length = password.chars().take(LONGEST + 1).count();
    if length < SHORTEST {
        return Err(format!(
            "Use at least {SHORTEST} characters; a sentence of a few words is easy to remember. This one has {length}"
        ));
    }
    if length > LONGEST {
        return Err(format!("Use at most {LONGEST} characters"));
    }
    let lowered = password.to_lowercase();
    let compact: String = lowered.split_whitespace().collect();
    let mut letters: Vec<char> = compact.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    if letters.len() < 5 || [&lowered, &compact].into_iter().any(|text| is_soon_guessed(text)) {
        return Err("This password is among the first that anyone would try. Choose another".to_owned());
    }
    let local_parts = context.iter().map(|word| word.split('@').next().unwrap_or("").to_lowercase());
    let is_mostly_context = local_parts
        .chain(context.iter().map(|word| word.to_lowercase()))
        .chain(["quartile".to_owned()])
        .any(|word| word.len() >= 4 && lowered.contains(&word) && lowered.len() < word.len() + 8);
    if is_mostly_context {
        return Err("This password is mostly your own name, address or company. Choose another".to_owned());
    }
    Ok(())
}

#[cfg(feature = "server")]
fn is_soon_guessed(password: &str) -> bool {
    // Known from a comic, and on no list of words.
    zxcvbn::zxcvbn(password, &["correcthorsebatterystaple"]).score() < zxcvbn::Score::Three
}

/// The server judges that; its lists are too large for a browser.
#[cfg(not(feature = "server"))]
fn is_soon_guessed(_: &str) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(password: &str) -> bool {
        check_password(password, &["ada@northlight.example", "Northlight Analytics"]).is_err()
    }

    #[test]
    fn passwords_are_judged_by_length_and_not_by_composition() {
        assert!(refused("fourteen chars"));
        assert!(!refused("fifteen chars!!"));
        assert!(!refused(&"a sentence with spaces and ünïcödé 🦉 ".repeat(3)));
        for known in [
            "passwordpassword",
            "correct horse battery staple",
            "iloveyouiloveyou",
            "letmeinletmein1",
            "1qaz2wsx3edc4rfv",
            "qwertyuiopasdfgh",
            "abcdefghijklmnop",
        ] {
            assert!(refused(known), "{known}");
        }
        assert!(refused("Ada@Northlight.example"), "the own address");
        assert!(refused("aaaa aaaa aaaa aaaa"));
        assert!(refused("northlight analytics1"));
        assert!(refused(&"long ".repeat(100)));
    }

    #[test]
    fn every_wrong_field_of_a_sign_up_gets_its_own_sentence() {
        let error = NewPerson::parse(" ", "ada", "", "short").unwrap_err();
        let fields: Vec<&str> = error.fields().iter().map(|e| e.field.as_str()).collect();
        assert_eq!(fields, ["name", "email", "company", "password"]);
    }

    #[test]
    fn initials_take_the_first_and_the_last_name() {
        let person =
            |name: &str| Person { id: uuid_nil(), display_name: name.to_owned(), email: String::new() };
        assert_eq!(person("Mara K. Klein").initials(), "MK");
        assert_eq!(person("ada").initials(), "A");
    }

    fn uuid_nil() -> UserId {
        "00000000-0000-0000-0000-000000000000".parse().unwrap()
    }
}
