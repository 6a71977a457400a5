//! Keys for programs: made for a workspace, shown once, used until they end.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use db::Tx;
use kernel::{Actor, ApiKeyId, AppError, OrInternal, Permission, Scope, WorkspaceScope};
use platform::{Networks, Refusal, refused, requested_as};
use uuid::Uuid;

use super::Accounts;
use crate::{
    engine::KeyText,
    model::{ApiKeyView, NewApiKey, Person},
    store::{
        api_keys::{self, KeyRow, NewRow},
        invitations,
    },
};

/// How long the key before lives on after a new one took its place.
const OVERLAP: TimeDelta = TimeDelta::hours(24);
const PEPPER: &str = "api_keys.secret";

/// Who shows a key, and what for it may be used.
#[derive(Clone, Debug)]
pub struct KeyHolder {
    /// The program, in the workspace of the key.
    pub actor: Actor,
    /// What the key may be used for.
    pub scopes: Vec<Scope>,
}

impl Accounts {
    /// Makes a key; the text is returned once and kept nowhere. Nobody gives a key more than they may do themselves.
    pub async fn make_api_key(
        &self,
        actor: &Actor,
        new: NewApiKey,
    ) -> Result<(ApiKeyView, String), AppError> {
        let scope = actor.require(Permission::ManageKeys)?;
        let maker = self.maker(actor).await?;
        let mut tx = self.db.begin_in(scope).await?;
        // Whoever loses the right at this moment must not come out with a key.
        self.lock_members(&mut tx, (actor, scope)).await?;
        let made = self.insert_api_key(&mut tx, (actor, scope), maker, new).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// The person who makes a key.
    async fn maker(&self, actor: &Actor) -> Result<Person, AppError> {
        let Some(maker) = actor.user_id() else {
            refused(Refusal::Right(actor.clone(), "make keys with a key"));
            return Err(AppError::forbidden("A key makes no keys. Sign in to make one"));
        };
        self.find_person(maker).await?.ok_or(AppError::Unauthenticated)
    }

    async fn insert_api_key(
        &self,
        tx: &mut Tx,
        (actor, scope): (&Actor, WorkspaceScope),
        maker: Person,
        new: NewApiKey,
    ) -> Result<(ApiKeyView, String), AppError> {
        if let Some(wider) = new.scopes.iter().find(|scope| actor.role() > scope.least_role()) {
            refused(Refusal::Right(actor.clone(), "give a key more than one may do"));
            return Err(AppError::forbidden(format!("Your role may not do what {} allows", wider.key())));
        }
        let text = KeyText::new(&self.ambient);
        let now = self.ambient.now();
        let scopes: Vec<&str> = new.scopes.iter().map(|scope| scope.key()).collect();
        let row = NewRow {
            id: self.ambient.id(),
            public_id: text.public_id(),
            name: &new.name,
            scopes: &scopes.join(" "),
            networks: &new.networks.join(" "),
            secret_hash: &self.vault.digest(PEPPER, text.secret().as_bytes()),
            created_by: Some(maker.id),
            created_at: now,
            expires_at: now + TimeDelta::days(i64::from(new.days)),
        };
        api_keys::insert(tx, scope, &row).await.or_internal("keeping a key")?;
        let note = (row.id.to_string(), scopes.join(" "));
        self.note(tx, (actor, scope), "api_key.made", note).await?;
        let view = ApiKeyView {
            id: row.id,
            name: new.name.clone(),
            public_id: text.public_id().to_owned(),
            scopes: new.scopes.clone(),
            networks: new.networks.clone(),
            made_by: Some(maker.display_name),
            created_at: now,
            expires_at: row.expires_at,
            last_used_at: None,
            revoked_at: None,
            has_ended: false,
        };
        Ok((view, text.reveal()))
    }

    /// Every key of the workspace, newest first; those that ended stay in the list.
    pub async fn list_api_keys(&self, actor: &Actor) -> Result<Vec<ApiKeyView>, AppError> {
        let scope = actor.require(Permission::ManageKeys)?;
        let rows = api_keys::list(&self.db, scope).await.or_internal("listing keys")?;
        let now = self.ambient.now();
        Ok(rows.into_iter().map(|row| view(row, now)).collect())
    }

    /// At most so many keys that stand after that one in the list, newest first; from the beginning without one. Keys that are made
    /// meanwhile neither hide nor repeat others.
    pub async fn list_api_keys_after(
        &self,
        actor: &Actor,
        after: Option<(DateTime<Utc>, Uuid)>,
        most: u32,
    ) -> Result<Vec<ApiKeyView>, AppError> {
        let scope = actor.require(Permission::ManageKeys)?;
        let now = self.ambient.now();
        // Nothing was made later than in a minute.
        let after = after.unwrap_or_else(|| (now + TimeDelta::minutes(1), Uuid::max()));
        let rows = api_keys::list_after(&self.db, scope, after, most).await.or_internal("listing keys")?;
        Ok(rows.into_iter().map(|row| view(row, now)).collect())
    }

    /// Ends a key at once.
    pub async fn revoke_api_key(&self, actor: &Actor, id: ApiKeyId) -> Result<(), AppError> {
        let scope = actor.require(Permission::ManageKeys)?;
        let mut tx = self.db.begin_in(scope).await?;
        self.end_api_key(&mut tx, (actor, scope), id, (TimeDelta::zero(), "api_key.revoked")).await?;
        tx.commit().await
    }

    /// Makes a key like another one, which lives on for a day so that programs can change over.
    pub async fn rotate_api_key(
        &self,
        actor: &Actor,
        id: ApiKeyId,
    ) -> Result<(ApiKeyView, String), AppError> {
        let scope = actor.require(Permission::ManageKeys)?;
        let keys = self.list_api_keys(actor).await?;
        let now = self.ambient.now();
        let before = keys.into_iter().find(|key| key.id == id).ok_or_else(|| AppError::not_found("key"))?;
        if before.expires_at <= now || before.revoked_at.is_some() {
            return Err(AppError::conflict(
                "This key has ended or is being replaced already. Make a new one",
            ));
        }
        let maker = self.maker(actor).await?;
        let mut tx = self.db.begin_in(scope).await?;
        self.lock_members(&mut tx, (actor, scope)).await?;
        self.end_api_key(&mut tx, (actor, scope), id, (OVERLAP, "api_key.rotated")).await?;
        let days = u32::try_from((before.expires_at - before.created_at).num_days()).unwrap_or(90).max(1);
        let new = NewApiKey { name: before.name, scopes: before.scopes, networks: before.networks, days };
        let made = self.insert_api_key(&mut tx, (actor, scope), maker, new).await?;
        let handed = invitations::hand_over(&mut tx, scope, (id, made.0.id)).await;
        handed.or_internal("handing invitations over")?;
        tx.commit().await?;
        Ok(made)
    }

    /// Who shows this key from that address. A text that is no key is refused without asking the database.
    pub async fn authenticate_key(&self, text: &str, from: Option<IpAddr>) -> Result<KeyHolder, AppError> {
        let key = KeyText::parse(text).ok_or(AppError::Unauthenticated)?;
        let row = api_keys::find(&self.db, key.public_id()).await.or_internal("looking for a key")?;
        let row = row.ok_or(AppError::Unauthenticated)?;
        let now = self.ambient.now();
        let hash = self.vault.digest(PEPPER, key.secret().as_bytes());
        let is_live = row.expires_at > now && row.revoked_at.is_none_or(|at| at > now);
        if !is_same(&hash, &row.secret_hash) || !is_live {
            return Err(AppError::Unauthenticated);
        }
        let scopes = scopes_of(&row.scopes);
        let actor = Actor::key(row.id.into(), row.workspace_id.into(), &scopes);
        requested_as(&actor);
        if !is_allowed(&row.networks, from) {
            refused(Refusal::Right(actor, "come from this network address"));
            return Err(AppError::forbidden("This key may not be used from this network address"));
        }
        if row.last_used_at.is_none_or(|at| now - at >= TimeDelta::minutes(1)) {
            // Who can be read can go on, also where nothing can be written: on a full disk. What went wrong is in the log.
            let _: Result<(), AppError> = self.note_use(&row, now).await;
        }
        Ok(KeyHolder { actor, scopes })
    }

    async fn note_use(&self, row: &api_keys::KeyRow, now: DateTime<Utc>) -> Result<(), AppError> {
        let mut tx = self.db.begin_everywhere().await?;
        let noted = api_keys::note_use(&mut tx, row, now, now - TimeDelta::minutes(1)).await;
        noted.or_internal("noting the use of a key")?;
        tx.commit().await
    }

    async fn end_api_key(
        &self,
        tx: &mut Tx,
        (actor, scope): (&Actor, WorkspaceScope),
        id: ApiKeyId,
        (after, action): (TimeDelta, &str),
    ) -> Result<(), AppError> {
        let is_ended =
            api_keys::end(tx, scope, id, self.ambient.now() + after).await.or_internal("ending a key")?;
        if !is_ended {
            return Err(AppError::not_found("key that has not ended"));
        }
        self.note(tx, (actor, scope), action, (id.to_string(), String::new())).await
    }
}

fn view(row: KeyRow, now: DateTime<Utc>) -> ApiKeyView {
    ApiKeyView {
        id: row.id.into(),
        name: row.name,
        public_id: row.public_id,
        scopes: scopes_of(&row.scopes),
        networks: row.networks.split_whitespace().map(str::to_owned).collect(),
        made_by: row.made_by,
        created_at: row.created_at,
        expires_at: row.expires_at,
        last_used_at: row.last_used_at,
        revoked_at: row.revoked_at,
        has_ended: row.expires_at <= now || row.revoked_at.is_some_and(|at| at <= now),
    }
}

fn scopes_of(text: &str) -> Vec<Scope> {
    text.split_whitespace().filter_map(Scope::from_key).collect()
}

/// Takes the same time wherever the difference is.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |found, (a, b)| found | (a ^ b)) == 0
}

fn is_allowed(networks: &str, from: Option<IpAddr>) -> bool {
    // They were checked when the key was made.
    let Ok(networks) = networks.parse::<Networks>() else { return false };
    networks.is_empty() || from.is_some_and(|from| networks.contain(from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_used_only_from_its_networks() {
        let at = |text: &str| text.parse().ok();
        assert!(is_allowed("", None) && is_allowed("", at("192.0.2.7")));
        assert!(is_allowed("192.0.2.0/24 2001:db8::/32", at("192.0.2.7")));
        assert!(is_allowed("192.0.2.0/24", at("::ffff:192.0.2.7")));
        assert!(is_allowed("192.0.2.7", at("192.0.2.7")));
        assert!(!is_allowed("192.0.2.0/24", at("198.51.100.1")) && !is_allowed("192.0.2.0/24", None));
    }
}
