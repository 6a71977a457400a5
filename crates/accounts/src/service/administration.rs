//! Running the instance: who does, and what they do to accounts.
//!
//! Nothing here reads or changes what a company keeps; for that there is [`super::emergency`].

use kernel::{Administrator, AppError, OrInternal, Page, PageRequest, UserId, mask_email};
use platform::{Refusal, audit, refused};
use uuid::Uuid;

use super::{Accounts, links::Purpose};
use crate::{
    model::{PausedPlace, PersonLine, PersonState, WorkspaceLine},
    store::{administration, api_keys, invitations, requests},
};

/// What links to become an administrator lead to.
const INSTANCE: Uuid = Uuid::nil();

impl Accounts {
    /// The administrator that this person is. Whoever is none learns nothing of the realm.
    pub async fn administrator(&self, user_id: Option<UserId>) -> Result<Administrator, AppError> {
        let id = user_id.ok_or(AppError::Unauthenticated)?;
        if self.is_administrator(id).await? {
            return Ok(Administrator::authorised(id));
        }
        refused(Refusal::Outside(id, "administration".to_owned()));
        Err(AppError::not_found("page"))
    }

    /// Whether the person runs the instance.
    pub async fn is_administrator(&self, id: UserId) -> Result<bool, AppError> {
        administration::is_administrator(&self.db, id).await.or_internal("looking for an administrator")
    }

    /// A link that makes whoever opens it the first administrator, if there is none and no such link is on its way. Of nodes that start
    /// together one gets it.
    pub async fn first_administrator_link(&self) -> Result<Option<String>, AppError> {
        const DOING: &str = "looking for administrators";
        let mut tx = self.db.begin_everywhere().await?;
        administration::lock(&mut tx).await.or_internal(DOING)?;
        if administration::count_in(&mut tx).await.or_internal(DOING)? > 0 {
            return Ok(None);
        }
        let purpose = Purpose::Administrator.key();
        let waiting = requests::count_links(&mut tx, (INSTANCE, purpose), self.ambient.now()).await;
        if waiting.or_internal(DOING)? > 0 {
            return Ok(None);
        }
        self.make_administrator_link(tx).await.map(Some)
    }

    /// A link that makes whoever opens it an administrator, once; for whoever may run commands on the machine. Links made before are void.
    pub async fn administrator_link(&self) -> Result<String, AppError> {
        self.make_administrator_link(self.db.begin_everywhere().await?).await
    }

    async fn make_administrator_link(&self, mut tx: db::Tx) -> Result<String, AppError> {
        requests::delete_links(&mut tx, INSTANCE, Purpose::Administrator.key())
            .await
            .or_internal("removing links")?;
        let link = self.make_link(&mut tx, Purpose::Administrator, INSTANCE).await?;
        self.note_on_instance(&mut tx, None, ("administrator.link_made", "on the machine")).await?;
        tx.commit().await?;
        Ok(link)
    }

    /// Makes the person an administrator, who has a link for it.
    pub async fn become_administrator(&self, id: UserId, secret: &str) -> Result<(), AppError> {
        self.follow_link(Purpose::Administrator, secret).await?;
        let mut tx = self.db.begin_everywhere().await?;
        self.use_link(&mut tx, (Purpose::Administrator, secret), INSTANCE).await?;
        administration::grant(&mut tx, id, self.ambient.now())
            .await
            .or_internal("making an administrator")?;
        self.note_on_instance(&mut tx, Some(id), ("administrator.made", "with a link")).await?;
        tx.commit().await
    }

    /// Makes a person an administrator, who signs in anew, or one no more. There is always one.
    pub async fn set_administrator(
        &self,
        by: Administrator,
        person: UserId,
        is_wanted: bool,
    ) -> Result<(), AppError> {
        const DOING: &str = "changing administrators";
        let mut tx = self.db.begin_everywhere().await?;
        self.lock_administration(&mut tx, by).await?;
        let action = if is_wanted {
            let known = self.find_person(person).await?;
            known.ok_or_else(|| AppError::not_found("person"))?;
            administration::grant(&mut tx, person, self.ambient.now()).await.or_internal(DOING)?;
            self.end_browsers(&mut tx, person).await?;
            "administrator.made"
        } else {
            if !administration::revoke(&mut tx, person).await.or_internal(DOING)? {
                return Err(AppError::not_found("administrator"));
            }
            refuse_to_lose_the_last(administration::count_in(&mut tx).await.or_internal(DOING)?)?;
            "administrator.removed"
        };
        self.note_by(&mut tx, by, (action, person.to_string()), "").await?;
        tx.commit().await
    }

    /// People by name, or the one with exactly that address, newest first.
    pub async fn list_people(
        &self,
        by: Administrator,
        search: &str,
        page: PageRequest,
    ) -> Result<Page<PersonLine>, AppError> {
        let address = search.trim().to_lowercase();
        // An address is sealed, so only the whole of it finds its account.
        let index = if address.contains('@') { self.email_index(&address) } else { String::new() };
        let asked = (&patterns(search), index.as_str());
        let found = administration::list_people(&self.db, asked, page, self.ambient.now()).await;
        let (rows, total) = found.or_internal("listing people")?;
        let mut items = Vec::new();
        for row in rows {
            let email = self.open_email(row.id, row.email_sealed.as_deref(), row.email_index).await?;
            items.push(PersonLine {
                id: row.id.into(),
                display_name: row.display_name,
                email: mask_email(&email),
                created_at: row.created_at,
                state: match row.deactivated_at {
                    None => PersonState::Active,
                    Some(_) => PersonState::Deactivated,
                },
                is_administrator: row.administrator > 0,
                is_self: by.user_id() == UserId::from(row.id),
                workspaces: row.workspaces,
                sessions: row.sessions,
                paused_until: row.paused_until,
            });
        }
        Ok(Page { items, total: u64::try_from(total).unwrap_or(0), request: page })
    }

    /// Workspaces by name or address, newest first: that they are there, not what is in them.
    pub async fn list_all_workspaces(
        &self,
        by: Administrator,
        search: &str,
        page: PageRequest,
    ) -> Result<Page<WorkspaceLine>, AppError> {
        let looker = (by.user_id(), self.ambient.now());
        let found = administration::list_workspaces(&self.db, &patterns(search), page, looker).await;
        let (rows, total) = found.or_internal("listing workspaces")?;
        let items = rows.into_iter().map(|row| WorkspaceLine {
            slug: row.slug,
            name: row.name,
            is_synthetic: row.is_synthetic,
            created_at: row.created_at,
            deletion_due_at: row.deletion_due_at,
            members: row.members,
            look_ends_at: row.look_ends_at,
        });
        Ok(Page { items: items.collect(), total: u64::try_from(total).unwrap_or(0), request: page })
    }

    /// Keeps a person out of the instance, or lets them in again. What belongs to them stays; their sessions, the keys that they made and
    /// what they offered to others end for good.
    pub async fn set_active(
        &self,
        by: Administrator,
        person: UserId,
        is_wanted: bool,
    ) -> Result<(), AppError> {
        const DOING: &str = "deactivating a person";
        if by.user_id() == person {
            return Err(AppError::conflict("This is your own account. Ask another administrator to do it"));
        }
        let mut tx = self.db.begin_everywhere().await?;
        let at = (!is_wanted).then(|| self.ambient.now());
        self.lock_administration(&mut tx, by).await?;
        if !administration::set_deactivated(&mut tx, person, at).await.or_internal(DOING)? {
            return Err(AppError::not_found("person"));
        }
        if !is_wanted {
            self.end_everywhere(&mut tx, person).await?;
            let now = self.ambient.now();
            api_keys::end_everywhere(&mut tx, person, now).await.or_internal(DOING)?;
            invitations::delete_everywhere(&mut tx, person).await.or_internal(DOING)?;
        }
        let action = if is_wanted { "person.activated" } else { "person.deactivated" };
        self.note_by(&mut tx, by, (action, person.to_string()), "").await?;
        tx.commit().await
    }

    /// Signs a person out everywhere.
    pub async fn end_sessions_of(&self, by: Administrator, person: UserId) -> Result<(), AppError> {
        let mut tx = self.db.begin_everywhere().await?;
        self.end_everywhere(&mut tx, person).await?;
        self.note_by(&mut tx, by, ("sessions.ended", person.to_string()), "everywhere").await?;
        tx.commit().await
    }

    /// Lets a person try to sign in again at once, whatever was typed before.
    pub async fn forget_failures_of(&self, by: Administrator, person: UserId) -> Result<(), AppError> {
        let mut tx = self.db.begin_everywhere().await?;
        administration::forget_account(&mut tx, person).await.or_internal("letting a person in again")?;
        self.note_by(&mut tx, by, ("sign_in.unblocked", person.to_string()), "account").await?;
        tx.commit().await
    }

    /// Network places that wait because of wrong passwords.
    pub async fn list_paused_places(&self, _by: Administrator) -> Result<Vec<PausedPlace>, AppError> {
        administration::list_paused(&self.db, self.ambient.now()).await.or_internal("listing pauses")
    }

    /// Lets everybody at a network place try to sign in again at once.
    pub async fn forget_failures_at(&self, by: Administrator, place: &str) -> Result<(), AppError> {
        let mut tx = self.db.begin_everywhere().await?;
        administration::forget_place(&mut tx, place).await.or_internal("letting a place in again")?;
        self.note_by(&mut tx, by, ("sign_in.unblocked", place.to_owned()), "place").await?;
        tx.commit().await
    }

    /// Waits for other administrators who change who runs the instance. While it waited, the one who asks may have been removed.
    async fn lock_administration(&self, tx: &mut db::Tx, by: Administrator) -> Result<(), AppError> {
        const DOING: &str = "changing administrators";
        administration::lock(tx).await.or_internal(DOING)?;
        if administration::is_administrator_in(tx, by.user_id()).await.or_internal(DOING)? {
            return Ok(());
        }
        Err(AppError::not_found("page"))
    }

    /// Adds what an administrator did to the chain of the instance, in a transaction that reaches everywhere.
    pub(super) async fn note_by(
        &self,
        tx: &mut db::Tx,
        by: Administrator,
        (action, subject): (&str, String),
        detail: &str,
    ) -> Result<(), AppError> {
        let entry = audit::Entry { action, subject, detail: detail.to_owned() };
        audit::record_on_instance(tx, &self.ambient, by.name(), entry).await
    }
}

fn refuse_to_lose_the_last(left: i64) -> Result<(), AppError> {
    if left > 0 {
        return Ok(());
    }
    Err(AppError::conflict(
        "This is the only administrator, and the instance needs one. Make somebody else one first",
    ))
}

/// What a name has to be like that holds this text.
fn pattern(search: &str) -> String {
    let mut pattern = String::from("%");
    for letter in search.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

/// What finds a name however its letters are written: SQLite knows small and capital letters of English alone, so that names are also
/// looked for as typed and with capitals at the beginning of words.
fn patterns(search: &str) -> [String; 3] {
    let search = search.trim();
    let mut is_inside = false;
    let mut capitalised = String::new();
    for letter in search.to_lowercase().chars() {
        if is_inside {
            capitalised.push(letter);
        } else {
            capitalised.extend(letter.to_uppercase());
        }
        is_inside = letter.is_alphanumeric();
    }
    [&search.to_lowercase(), search, &capitalised].map(pattern)
}
