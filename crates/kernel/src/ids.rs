//! Typed ids: a `DatasetId` can never be passed where a `WorkspaceId` is meant.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The bare identifier, for binding to a query.
            pub fn uuid(self) -> Uuid {
                self.0
            }
        }
        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )+};
}

ids! {
    /// A person who can sign in.
    UserId,
    /// A workspace: one company with its people, files and figures.
    WorkspaceId,
    /// An uploaded file and the table read from it.
    DatasetId,
    /// One run of the import steps over a dataset.
    ImportId,
    /// A frozen set of peer values.
    SnapshotId,
    /// A generated report.
    ReportId,
    /// A piece of background work.
    JobId,
    /// An invitation to a workspace.
    InvitationId,
    /// A key for programs.
    ApiKeyId,
}
