//! Who acts, in which workspace, and what that role may do.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::{ApiKeyId, AppError, Scope, UserId, WorkspaceId};

/// A person's role in a workspace, from the most to the least powerful.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything, including giving the workspace away.
    Owner,
    /// Members, settings and all data.
    Admin,
    /// Uploads and imports.
    Analyst,
    /// Reports.
    Member,
    /// Looks.
    Viewer,
}

impl Role {
    /// All roles, most powerful first.
    pub const ALL: [Self; 5] = [Self::Owner, Self::Admin, Self::Analyst, Self::Member, Self::Viewer];

    /// The stored and transmitted name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Analyst => "analyst",
            Self::Member => "member",
            Self::Viewer => "viewer",
        }
    }

    /// The role with that stored name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.key() == key)
    }

    /// Whether someone with this role may give, change or take away `other`: owners every role, admins those below their own.
    pub fn manages(self, other: Self) -> bool {
        match self {
            Self::Owner => true,
            Self::Admin => other > Self::Admin,
            Self::Analyst | Self::Member | Self::Viewer => false,
        }
    }

    /// What a person reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Owner => "Owner",
            Self::Admin => "Admin",
            Self::Analyst => "Analyst",
            Self::Member => "Member",
            Self::Viewer => "Viewer",
        }
    }

    /// What the role may do, in a few words.
    pub fn description(self) -> &'static str {
        match self {
            Self::Owner => "everything, and gives the workspace away or deletes it",
            Self::Admin => "members, settings, keys and the audit log",
            Self::Analyst => "uploads, imports and deletes data",
            Self::Member => "makes, shares and removes reports",
            Self::Viewer => "looks at dashboards, standing and shared reports",
        }
    }

    /// Whether an owner may let somebody with this role see personal data; owners see it anyway.
    pub fn may_be_trusted(self) -> bool {
        matches!(self, Self::Admin | Self::Analyst)
    }

    /// Whether this role carries `permission`: the one table of rights.
    pub fn allows(self, permission: Permission) -> bool {
        self <= permission.least_role()
    }
}

/// Something that not every role may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Permission {
    /// See dashboards, standing and files; reports that one made or was let see.
    View,
    /// See, generate, share and remove reports.
    CreateReports,
    /// Upload files, import, undo, delete files.
    ManageData,
    /// Change the company profile and what is shared with peers.
    ManageCompany,
    /// See and change who belongs to the workspace.
    ManageMembers,
    /// Make and revoke keys for programs.
    ManageKeys,
    /// Read who did what.
    ReadAudit,
    /// Give the workspace away, delete it, take everything out of it.
    ControlWorkspace,
    /// See personal data in files unmasked.
    ReadPersonalData,
}

impl Permission {
    /// All permissions.
    pub const ALL: [Self; 9] = [
        Self::View,
        Self::CreateReports,
        Self::ManageData,
        Self::ManageCompany,
        Self::ManageMembers,
        Self::ManageKeys,
        Self::ReadAudit,
        Self::ControlWorkspace,
        Self::ReadPersonalData,
    ];

    /// The least powerful role that carries it by itself.
    pub fn least_role(self) -> Role {
        match self {
            Self::View => Role::Viewer,
            Self::CreateReports => Role::Member,
            Self::ManageData => Role::Analyst,
            Self::ManageCompany | Self::ManageMembers | Self::ManageKeys | Self::ReadAudit => Role::Admin,
            Self::ControlWorkspace | Self::ReadPersonalData => Role::Owner,
        }
    }

    /// What it lets one do, as in "you may not …".
    pub fn verb(self) -> &'static str {
        match self {
            Self::View => "see this workspace",
            Self::CreateReports => "create, share or remove reports",
            Self::ManageData => "upload or change data",
            Self::ManageCompany => "change the company profile",
            Self::ManageMembers => "manage members",
            Self::ManageKeys => "manage keys for programs",
            Self::ReadAudit => "read the audit log",
            Self::ControlWorkspace => "give the workspace away or delete it",
            Self::ReadPersonalData => "see personal data",
        }
    }
}

static REFUSALS: OnceLock<fn(&Actor, Permission)> = OnceLock::new();

/// Has `note` told of every permission that an actor wanted and was not given. The first one stays.
pub fn on_refusal(note: fn(&Actor, Permission)) {
    REFUSALS.get_or_init(|| note);
}

/// Proof that an actor may work in a workspace. Only [`Actor::require`] makes one, and every query of tenant data wants
/// one, so that no query can be written without the check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkspaceScope(WorkspaceId);

impl WorkspaceScope {
    /// The workspace that the proof is for.
    pub fn workspace_id(self) -> WorkspaceId {
        self.0
    }
}

/// Who is behind an actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Person(UserId),
    Key { id: ApiKeyId, manages_members: bool },
    Stranger,
    Program,
}

/// Someone acting inside one workspace, with the role that the database gave a moment ago.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    who: Who,
    workspace_id: WorkspaceId,
    role: Role,
    is_trusted: bool,
}

impl Actor {
    /// An actor whose role was just read from the database. Only `accounts` (and tests) may call this.
    pub fn authorised(user_id: UserId, workspace_id: WorkspaceId, role: Role) -> Self {
        Self { who: Who::Person(user_id), workspace_id, role, is_trusted: false }
    }

    /// An actor whom an owner lets see personal data, if the role may be let. Only `accounts` (and tests) may call this.
    pub fn authorised_and_trusted(user_id: UserId, workspace_id: WorkspaceId, role: Role) -> Self {
        Self { is_trusted: role.may_be_trusted(), ..Self::authorised(user_id, workspace_id, role) }
    }

    /// A program with a key of the workspace; it acts with the least role that its scopes need. Only `accounts` may call this, and
    /// whoever takes its requests checks the scope of each.
    pub fn key(id: ApiKeyId, workspace_id: WorkspaceId, scopes: &[Scope]) -> Self {
        let role = scopes.iter().map(|scope| scope.least_role()).min().unwrap_or(Role::Viewer);
        let manages_members = scopes.contains(&Scope::MembersWrite);
        Self { who: Who::Key { id, manages_members }, workspace_id, role, is_trusted: false }
    }

    /// A stranger looking at a workspace that is open to everyone (the synthetic demo).
    pub fn stranger(workspace_id: WorkspaceId) -> Self {
        Self { who: Who::Stranger, workspace_id, role: Role::Viewer, is_trusted: false }
    }

    /// The program itself, working for a workspace on a job or a command.
    pub fn system(workspace_id: WorkspaceId) -> Self {
        Self { who: Who::Program, workspace_id, role: Role::Owner, is_trusted: false }
    }

    /// The person, unless a stranger or the program itself acts.
    pub fn user_id(&self) -> Option<UserId> {
        match self.who {
            Who::Person(id) => Some(id),
            Who::Key { .. } | Who::Stranger | Who::Program => None,
        }
    }

    /// The key, if one acts.
    pub fn key_id(&self) -> Option<ApiKeyId> {
        match self.who {
            Who::Key { id, .. } => Some(id),
            Who::Person(_) | Who::Stranger | Who::Program => None,
        }
    }

    /// Whether a person or a key acts, and not anybody or the program itself.
    pub fn is_somebody(&self) -> bool {
        matches!(self.who, Who::Person(_) | Who::Key { .. })
    }

    /// Whether it may see and change who belongs to the workspace. The role of a key follows from all of its scopes, so a key also
    /// needs the scope for it.
    pub fn manages_members(&self) -> bool {
        let has_scope = !matches!(self.who, Who::Key { manages_members: false, .. });
        has_scope && self.role.allows(Permission::ManageMembers)
    }

    /// Whether it sees what people of the workspace made without being let in by one of them: whoever may make such things too, and
    /// programs, whose keys say by their scopes what they read.
    pub fn sees_the_work_of_others(&self) -> bool {
        matches!(self.who, Who::Key { .. }) || self.role.allows(Permission::CreateReports)
    }

    /// How the audit log names who acts.
    pub fn name(&self) -> String {
        match self.who {
            Who::Person(id) => format!("person:{id}"),
            Who::Key { id, .. } => format!("key:{id}"),
            Who::Stranger => "stranger".to_owned(),
            Who::Program => "program".to_owned(),
        }
    }

    /// The workspace it acts in. No proof of any right; that is what [`Actor::require`] gives.
    pub fn workspace_id(&self) -> WorkspaceId {
        self.workspace_id
    }

    /// The role in this workspace.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Whether it may do something: by its role, or because an owner trusts it with personal data. No key sees that.
    pub fn may(&self, permission: Permission) -> bool {
        match (permission, self.who) {
            (Permission::ReadPersonalData, Who::Key { .. } | Who::Stranger) => false,
            (Permission::ReadPersonalData, Who::Person(_) | Who::Program) => {
                self.is_trusted || self.role.allows(permission)
            }
            _ => self.role.allows(permission),
        }
    }

    /// The proof that `permission` is given, or a sentence saying who has it. A refusal is noted, if somebody listens ([`on_refusal`]): to look
    /// before deciding, ask [`Actor::may`].
    pub fn require(&self, permission: Permission) -> Result<WorkspaceScope, AppError> {
        if self.may(permission) {
            return Ok(WorkspaceScope(self.workspace_id));
        }
        if let Some(note) = REFUSALS.get() {
            note(self, permission);
        }
        if permission == Permission::ReadPersonalData {
            return Err(AppError::forbidden(
                "You may not see personal data. Owners do, and the admins and analysts whom an owner lets on the page of members; \
                 no key does",
            ));
        }
        Err(AppError::forbidden(format!(
            "Your role, {}, may not {}. Ask someone with the role {} or above",
            self.role.key(),
            permission.verb(),
            permission.least_role().key()
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_higher_role_may_do_all_that_a_lower_one_may() {
        for permission in Permission::ALL {
            let allowed: Vec<bool> = Role::ALL.iter().map(|role| role.allows(permission)).collect();
            assert!(allowed.is_sorted_by(|higher, lower| higher >= lower), "{permission:?}: {allowed:?}");
        }
    }

    #[test]
    fn nobody_gives_more_than_they_have() {
        for (giver, given) in Role::ALL.iter().flat_map(|giver| Role::ALL.map(|given| (*giver, given))) {
            assert!(!giver.manages(given) || giver <= given, "{giver:?} {given:?}");
        }
        assert!(!Role::Admin.manages(Role::Admin) && Role::Owner.manages(Role::Owner));
    }

    #[test]
    fn personal_data_is_for_owners_and_for_admins_and_analysts_whom_they_trust() {
        let (person, workspace) = (UserId::from(uuid::Uuid::nil()), WorkspaceId::from(uuid::Uuid::nil()));
        let reads = |actor: Actor| actor.require(Permission::ReadPersonalData).is_ok();
        for role in Role::ALL {
            assert_eq!(reads(Actor::authorised(person, workspace, role)), role == Role::Owner, "{role:?}");
            let trusted = Actor::authorised_and_trusted(person, workspace, role);
            assert_eq!(reads(trusted), role <= Role::Analyst, "{role:?}");
        }
        let key = Actor::key(ApiKeyId::from(uuid::Uuid::nil()), workspace, &Scope::ALL);
        assert!(!reads(key) && !reads(Actor::stranger(workspace)) && reads(Actor::system(workspace)));
    }

    #[test]
    fn a_refusal_names_the_role_that_can_help() {
        let viewer = Actor::stranger(WorkspaceId::from(uuid::Uuid::nil()));
        let refusal = viewer.require(Permission::ManageData).unwrap_err();
        assert!(refusal.to_string().contains("analyst"), "{refusal}");
    }
}
