//! Under which name a value is kept.

use std::fmt;

use kernel::{AppError, OrInternal, WorkspaceId, WorkspaceScope};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// To be raised whenever something that is kept means something else than before, so that two versions of the program never take each
/// other's values.
const SCHEMA: u32 = 1;

/// At which point the data of a workspace is: both numbers are greater after each change, and are read from the database at each
/// request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Version {
    /// Of who belongs to it with which role.
    pub roles: i64,
    /// Of its figures and its profile.
    pub data: i64,
}

/// The name of a value: `v1:workspace:roles:data:query`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CacheKey {
    workspace: WorkspaceId,
    version: Version,
    query: [u8; 16],
}

impl CacheKey {
    /// The name of the answer to `query` in that workspace at that version. The query holds the name of what is computed and all that
    /// the answer depends on besides the data of the workspace.
    pub fn new(scope: WorkspaceScope, version: Version, query: &impl Serialize) -> Result<Self, AppError> {
        let canonical = serde_json::to_vec(query).or_internal("naming a value")?;
        let digest: [u8; 32] = Sha256::digest(canonical).into();
        let mut query = [0; 16];
        for (place, byte) in query.iter_mut().zip(digest) {
            *place = byte;
        }
        Ok(Self { workspace: scope.workspace_id(), version, query })
    }

    /// Whose value it is.
    pub fn workspace(&self) -> WorkspaceId {
        self.workspace
    }
}

impl fmt::Display for CacheKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { workspace, version: Version { roles, data }, query } = self;
        write!(f, "v{SCHEMA}:{workspace}:{roles}:{data}:{}", kernel::hex(query))
    }
}
