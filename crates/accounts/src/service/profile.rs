//! The company profile.

use chrono::Datelike;
use db::Tx;
use kernel::{Actor, AppError, Currency, OrInternal, Permission, WorkspaceId, WorkspaceScope};
use platform::{Version, audit};

use super::Accounts;
use crate::{
    CompanyProfile, ProfileInput,
    store::{profiles, workspaces},
};

/// At which point the data of a workspace is, and of which kind it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataState {
    /// Whether everything in it is made up.
    pub is_synthetic: bool,
    /// What changes with every change.
    pub version: Version,
}

impl CompanyProfile {
    /// A company of which only the name is known. Sharing is off until someone chooses it.
    pub(crate) fn unknown(name: &str, currency: Currency) -> Self {
        Self {
            name: name.to_owned(),
            industry: None,
            stage: None,
            country: None,
            currency,
            founded_year: None,
            headcount: None,
            shares_with_peers: false,
        }
    }
}

impl Accounts {
    /// The profile of the actor's company.
    pub async fn profile(&self, actor: &Actor) -> Result<CompanyProfile, AppError> {
        self.company(actor).await.map(|(_, profile)| profile)
    }

    /// What names the actor's workspace in addresses, and the profile of its company.
    pub async fn company(&self, actor: &Actor) -> Result<(String, CompanyProfile), AppError> {
        let scope = actor.require(Permission::View)?;
        let found = profiles::find(&self.db, scope).await.or_internal("loading the profile")?;
        found.ok_or_else(|| AppError::not_found("company profile"))
    }

    /// Checks and saves the profile form. The currency stays as long as figures are kept in it.
    pub async fn save_profile(
        &self,
        actor: &Actor,
        input: &ProfileInput,
    ) -> Result<CompanyProfile, AppError> {
        let scope = actor.require(Permission::ManageCompany)?;
        let profile = input.parse(self.ambient.now().year())?;
        let before = self.profile(actor).await?;
        let mut tx = self.db.begin_in(scope).await?;
        workspaces::rename(&mut tx, scope.workspace_id(), &profile.name).await.or_internal("renaming")?;
        if !profiles::save(&mut tx, scope, &profile, self.ambient.now())
            .await
            .or_internal("saving the profile")?
        {
            return Err(AppError::invalid(
                "currency",
                "Your figures are kept in another currency. Undo every import first, or choose the currency in which they are shown on the dashboard",
            ));
        }
        let entry = audit::Entry {
            action: "profile.saved",
            subject: scope.workspace_id().to_string(),
            detail: changes(&before, &profile),
        };
        audit::record(&mut tx, &self.ambient, actor, scope, entry).await?;
        tx.commit().await?;
        Ok(profile)
    }

    /// At which point the data of the actor's workspace is. Everything that is computed from its figures and its profile stays as it is
    /// until this is another.
    pub async fn data_state(&self, actor: &Actor) -> Result<DataState, AppError> {
        let scope = actor.require(Permission::View)?;
        let row = profiles::state(&self.db, scope).await.or_internal("loading the version of the data")?;
        let row = row.ok_or_else(|| AppError::not_found("company profile"))?;
        let version = Version { roles: row.members_version, data: row.data_version };
        Ok(DataState { is_synthetic: row.is_synthetic, version })
    }

    /// So many workspaces with figures that changed last, the newest first; for the program itself.
    pub async fn list_newest(&self, most: u32) -> Result<Vec<WorkspaceId>, AppError> {
        let ids = profiles::list_newest(&self.db, most).await.or_internal("listing the newest figures")?;
        Ok(ids.into_iter().map(WorkspaceId::from).collect())
    }

    /// Keeps the currency of the profile from being changed, because amounts are kept in it from the caller's transaction on, or
    /// sets it free again. Whoever changes figures comes by here, so the version of the data is raised in the same transaction. Until
    /// that ends, others of the same company wait here.
    pub async fn use_currency(
        &self,
        tx: &mut Tx,
        scope: WorkspaceScope,
        currency: Currency,
        is_in_use: bool,
    ) -> Result<(), AppError> {
        let now = self.ambient.now();
        let is_own = profiles::use_currency(tx, scope, (currency, is_in_use), now)
            .await
            .or_internal("keeping the currency")?;
        let changed = "The currency of the company was changed a moment ago. Reload the page and look at the amounts again";
        if is_own { Ok(()) } else { Err(AppError::conflict(changed)) }
    }

    pub(super) async fn save_profile_row(
        &self,
        tx: &mut Tx,
        id: WorkspaceId,
        profile: &CompanyProfile,
    ) -> Result<(), AppError> {
        let scope = Actor::system(id).require(Permission::ManageCompany)?;
        tx.enter(scope).await?;
        profiles::save(tx, scope, profile, self.ambient.now())
            .await
            .or_internal("saving the profile")
            .map(|_| ())
    }
}

/// What became of what, for the log, which outlives the company here: so its name stays out of it.
fn changes(before: &CompanyProfile, after: &CompanyProfile) -> String {
    let name = (before.name != after.name).then(|| "name changed".to_owned());
    let others = told(before).into_iter().zip(told(after));
    let others = others.filter(|(before, after)| before != after);
    let changed = others.map(|((field, before), (_, after))| format!("{field}: {before} → {after}"));
    let all: Vec<String> = name.into_iter().chain(changed).collect();
    if all.is_empty() { "nothing changed".to_owned() } else { all.join("; ") }
}

fn told(profile: &CompanyProfile) -> [(&'static str, String); 7] {
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "none".to_owned());
    [
        ("industry", or_none(profile.industry.map(|industry| industry.key().to_owned()))),
        ("stage", or_none(profile.stage.map(|stage| stage.key().to_owned()))),
        ("country", or_none(profile.country.clone())),
        ("currency", profile.currency.code().to_owned()),
        ("founded", or_none(profile.founded_year.map(|year| year.to_string()))),
        ("headcount", or_none(profile.headcount.map(|people| people.to_string()))),
        ("shares with peers", if profile.shares_with_peers { "yes" } else { "no" }.to_owned()),
    ]
}
