//! Fixed lists with stable keys.

/// An enum whose variants have a stable key, for storage and addresses, and a label for people. The crate that uses it needs
/// `serde`.
#[macro_export]
macro_rules! keyed {
    ($(#[$meta:meta])* $name:ident { $($variant:ident $key:literal $label:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub enum $name {
            $(#[doc = $label] $variant),+
        }

        impl $name {
            /// Every one, in the order shown to people.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable key, for storage and addresses.
            pub fn key(self) -> &'static str {
                match self { $(Self::$variant => $key),+ }
            }

            /// The words for people, as they begin a line.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }

            /// The one with that key.
            pub fn from_key(key: &str) -> Option<Self> {
                match key { $($key => Some(Self::$variant),)+ _ => None }
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;
            fn try_from(key: String) -> Result<Self, Self::Error> {
                Self::from_key(&key).ok_or_else(|| format!("Quartile does not know “{key}”"))
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.key().to_owned()
            }
        }
    };
}
