//! Where sealed values of people and their workspaces are.

use platform::{Owners, RowKey, SealedColumn};

/// Every column of this capability in which values are sealed.
pub const SEALED: [SealedColumn; 5] = [
    SealedColumn { table: "users", column: "email_sealed", key: RowKey::Id, owners: Owners::People },
    SealedColumn {
        table: "invitations",
        column: "email_sealed",
        key: RowKey::Id,
        owners: Owners::Workspaces,
    },
    SealedColumn { table: "account_requests", column: "sealed", key: RowKey::Id, owners: Owners::Instance },
    SealedColumn {
        table: "refresh_tokens",
        column: "successor_sealed",
        key: RowKey::Hash,
        owners: Owners::Instance,
    },
    SealedColumn { table: "signing_keys", column: "sealed", key: RowKey::Id, owners: Owners::Instance },
];
