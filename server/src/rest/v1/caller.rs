//! Who calls the API, and in which workspace.

use std::{marker::PhantomData, net::IpAddr};

use accounts::{AccessClaims, KeyHolder, KeyText, SessionSecret};
use axum::{
    extract::FromRequestParts,
    http::{StatusCode, header, request::Parts},
};
use kernel::{Actor, AppError, OrInternal, Permission, Proof, Scope, UserId, WorkspaceId};
use platform::{Class, Origin, Refusal, asking_address, limits::TooOften, refused, visitor_name};
use tower_sessions::Session;
use uuid::Uuid;

use super::WORKSPACE_HEADER;
use crate::{rest::problem::Problem, services::Services};

/// What names a scope in the type of a handler.
pub(crate) trait Needs: Send + Sync {
    /// The scope.
    const SCOPE: Scope;
}

macro_rules! needs {
    ($($name:ident),+ $(,)?) => {$(
        #[doc = concat!("An operation that needs the scope ", stringify!($name), ".")]
        pub(crate) struct $name;
        impl Needs for $name {
            const SCOPE: Scope = Scope::$name;
        }
    )+};
}

needs! {
    WorkspaceRead, WorkspaceWrite, DataRead, DataWrite, MetricsRead, MetricsWrite, BenchmarksRead, ReportsRead, ReportsWrite, MembersRead, MembersWrite,
    AuditRead,
}

/// Somebody who works in a workspace with that scope: a person whose role allows it, or a key that has it.
pub(crate) struct Within<N: Needs> {
    /// Who acts.
    pub(crate) actor: Actor,
    person: Option<Person>,
    scope: PhantomData<N>,
}

/// A person, signed in with an access token or in the browser.
#[derive(Clone)]
pub(crate) struct Person {
    /// Who.
    pub(crate) id: UserId,
    /// What the access token says, if there is one.
    pub(crate) claims: Option<AccessClaims>,
    /// The browser's session, if there is one.
    pub(crate) session: Option<Session>,
}

impl Person {
    /// Refuses a person who showed who they are too long ago, in the browser as the pages do.
    pub(crate) async fn require_proof(&self, services: &Services) -> Result<(), AppError> {
        if self.is_proved(services).await? {
            return Ok(());
        }
        Err(AppError::forbidden(match (&self.session, &self.claims) {
            (Some(_), _) => "Confirm with your password first, at /account/prove, and then do this again",
            (None, Some(_)) => "Sign in again with POST /auth/signin, and then do this within ten minutes",
            (None, None) => "Sign in first",
        }))
    }

    async fn sign_in(&self, parts: &Parts, services: &Services) -> Result<SignIn, AppError> {
        match &self.claims {
            Some(claims) => Ok(SignIn::Tokens(self.id, claims.clone())),
            None => SignIn::of_browser(services, parts.extensions.get(), self.id).await,
        }
    }

    async fn is_proved(&self, services: &Services) -> Result<bool, AppError> {
        match (&self.session, &self.claims) {
            (Some(session), _) => services.accounts.is_proved(session).await,
            (None, Some(claims)) => services.accounts.is_proved_by_tokens(claims).await,
            (None, None) => Ok(false),
        }
    }
}

/// A person in a workspace, for what no key may do.
pub(crate) struct PersonWithin {
    /// Who acts.
    pub(crate) actor: Actor,
    person: Person,
}

impl PersonWithin {
    /// For what takes long: who began it.
    pub(crate) async fn standing(&self, parts: &Parts, services: &Services) -> Result<Standing, AppError> {
        let sign_in = self.person.sign_in(parts, services).await?;
        Ok(Standing { sign_in, workspace: self.actor.workspace_id() })
    }

    /// Refuses a person who showed who they are too long ago.
    pub(crate) async fn require_proof(&self, services: &Services) -> Result<(), AppError> {
        self.person.require_proof(services).await
    }
}

impl<N: Needs> Within<N> {
    /// For what takes long: who began it.
    pub(crate) async fn standing(&self, parts: &Parts, services: &Services) -> Result<Standing, AppError> {
        let sign_in = match &self.person {
            Some(person) => person.sign_in(parts, services).await?,
            None => SignIn::Key(Box::new(parts.clone()), N::SCOPE),
        };
        Ok(Standing { sign_in, workspace: self.actor.workspace_id() })
    }

    /// Refuses a person who showed who they are too long ago. A key shows who it is every time.
    pub(crate) async fn require_proof(&self, services: &Services) -> Result<(), AppError> {
        match &self.person {
            Some(person) => person.require_proof(services).await,
            None => Ok(()),
        }
    }

    /// Whether a person showed a moment ago who they are. No key can: it is no person.
    pub(crate) async fn proof(&self, services: &Services) -> Result<Proof, AppError> {
        match &self.person {
            Some(person) => Ok(person.is_proved(services).await?.into()),
            None => Ok(Proof::Missing),
        }
    }
}

/// Who began something that takes long, and in which workspace: to ask at its end what they may do by then.
#[derive(Clone)]
pub(crate) struct Standing {
    sign_in: SignIn,
    workspace: WorkspaceId,
}

#[derive(Clone)]
enum SignIn {
    Key(Box<Parts>, Scope),
    Tokens(UserId, AccessClaims),
    Browser(UserId, Uuid),
}

impl SignIn {
    async fn of_browser(
        services: &Services,
        secret: Option<&SessionSecret>,
        person: UserId,
    ) -> Result<Self, AppError> {
        let secret = secret.ok_or(AppError::Unauthenticated)?;
        let handle = services.accounts.handle_of_session(secret, person).await?;
        Ok(Self::Browser(person, handle.ok_or(AppError::Unauthenticated)?))
    }
}

impl Standing {
    /// Whoever acts in a browser that shows that secret.
    pub(crate) async fn of_browser(
        services: &Services,
        secret: Option<&SessionSecret>,
        actor: &Actor,
    ) -> Result<Self, AppError> {
        let person = actor.user_id().ok_or(AppError::Unauthenticated)?;
        let sign_in = SignIn::of_browser(services, secret, person).await?;
        Ok(Self { sign_in, workspace: actor.workspace_id() })
    }

    /// Somebody who was recognised when their call began.
    pub(crate) fn of_caller(caller: &Caller, actor: &Actor, (parts, scope): (&Parts, Scope)) -> Option<Self> {
        let sign_in = match caller {
            Caller::Key(_) => SignIn::Key(Box::new(parts.clone()), scope),
            Caller::Person(person) => SignIn::Tokens(person.id, person.claims.clone()?),
        };
        Some(Self { sign_in, workspace: actor.workspace_id() })
    }

    /// Who acts, if they may do that at this moment: the sign-in or the key, and what it may do, can have ended meanwhile. That an access
    /// token ran out, or that a browser asked for nothing else, does not count.
    pub(crate) async fn actor_now(
        &self,
        services: &Services,
        permission: Permission,
    ) -> Result<Actor, Problem> {
        let actor = self.anybody_now(services).await?;
        actor.require(permission)?;
        Ok(actor)
    }

    async fn anybody_now(&self, services: &Services) -> Result<Actor, Problem> {
        let accounts = &services.accounts;
        let (person, goes_on) = match &self.sign_in {
            SignIn::Key(parts, scope) => {
                let caller = Caller::recognise(parts, services, address(parts)).await?;
                return Ok(caller.act(parts, services, *scope).await?);
            }
            SignIn::Tokens(person, claims) => (*person, accounts.goes_on(claims).await?),
            SignIn::Browser(person, handle) => (*person, accounts.session_goes_on(*person, *handle).await?),
        };
        if !goes_on {
            return Err(AppError::Unauthenticated.into());
        }
        Ok(accounts.member_now(person, self.workspace).await?)
    }
}

#[derive(Clone)]
pub(crate) enum Caller {
    Person(Person),
    Key(KeyHolder),
}

impl Caller {
    /// Who calls; programs are counted by who they are, and whoever brings a credential that is none by where they are.
    pub(crate) async fn find(parts: &mut Parts, services: &Services) -> Result<Self, Problem> {
        if let Some(found) = parts.extensions.remove::<Self>() {
            return Ok(found);
        }
        let address = address(parts);
        let is_exempt = services.limits.exempts(address);
        let found = Self::recognise(parts, services, address).await;
        match &found {
            _ if is_exempt => {}
            Ok(Self::Key(holder)) => services.limits.admit(Class::Api, &holder.actor.name()).await?,
            Ok(Self::Person(person)) => {
                let class = if person.session.is_some() { Class::Interface } else { Class::Api };
                services.limits.admit(class, &person.id.to_string()).await?;
            }
            Err(_) => services.limits.admit(Class::Anonymous, &visitor_name(address)).await?,
        }
        found
    }

    /// The same without counting, for somebody who was counted when their call began.
    pub(crate) async fn recognise(
        parts: &Parts,
        services: &Services,
        address: Option<IpAddr>,
    ) -> Result<Self, Problem> {
        if let Some(name) = credential_in_address(parts) {
            let sentence = format!(
                "Credentials do not belong into an address, where logs keep them. Send {name} in the header Authorization, and replace it: it may be known now"
            );
            return Err(Problem::plain(StatusCode::BAD_REQUEST, sentence));
        }
        if let Some(value) = parts.headers.get(header::AUTHORIZATION) {
            let text = value.to_str().ok().and_then(|value| value.split_once(' '));
            let text =
                text.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, text)| text.trim());
            let text = text.ok_or(AppError::Unauthenticated)?;
            if KeyText::is_meant(text) {
                return Ok(Self::Key(services.accounts.authenticate_key(text, address).await?));
            }
            let (id, claims) = services.accounts.person_of_access(text).await?;
            return Ok(Self::Person(Person { id, claims: Some(claims), session: None }));
        }
        let session = parts.extensions.get::<Session>().cloned().ok_or(AppError::Unauthenticated)?;
        let id: Option<UserId> = session.get(api::USER_KEY).await.or_internal("reading the session")?;
        let id = id.ok_or(AppError::Unauthenticated)?;
        Ok(Self::Person(Person { id, claims: None, session: Some(session) }))
    }
}

impl Caller {
    /// Who acts in the workspace that the request names: a person with the role they have there, or a key that has the scope.
    pub(crate) async fn act(
        &self,
        parts: &Parts,
        services: &Services,
        scope: Scope,
    ) -> Result<Actor, AppError> {
        match self {
            Self::Person(person) => enter(parts, services, person.id).await,
            Self::Key(holder) => {
                refuse_other_workspace(parts, services, &holder.actor).await?;
                if !holder.scopes.contains(&scope) {
                    refused(Refusal::Right(holder.actor.clone(), scope.key()));
                    let sentence = format!("This key lacks the scope {}. Make one that has it", scope.key());
                    return Err(AppError::forbidden(sentence));
                }
                Ok(holder.actor.clone())
            }
        }
    }

    /// Who asks, as [`Actor::name`] has it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Person(person) => format!("person:{}", person.id),
            Self::Key(holder) => holder.actor.name(),
        }
    }

    /// Who asks, and with what right at this moment: the scopes of a key, or the role of a person in the workspace they name.
    pub(crate) async fn authority(
        &self,
        parts: &Parts,
        services: &Services,
    ) -> Result<(String, String), AppError> {
        match self {
            Self::Key(holder) => Ok((holder.actor.name(), format!("{:?}", holder.scopes))),
            Self::Person(person) => {
                let actor = enter(parts, services, person.id).await?;
                Ok((actor.name(), actor.role().key().to_owned()))
            }
        }
    }
}

/// From where a request comes.
pub(crate) fn address(parts: &Parts) -> Option<IpAddr> {
    parts.extensions.get::<Origin>().and_then(|origin| origin.address)
}

/// Holds back who asks too often for what costs more than other things.
pub(crate) async fn admit(services: &Services, class: Class, actor: &Actor) -> Result<(), TooOften> {
    if services.limits.exempts(asking_address()) {
        return Ok(());
    }
    services.limits.admit(class, &actor.name()).await
}

/// The same for what concerns a person and no workspace.
pub(crate) async fn admit_person(services: &Services, class: Class, person: &Person) -> Result<(), TooOften> {
    if services.limits.exempts(asking_address()) {
        return Ok(());
    }
    services.limits.admit(class, &format!("person:{}", person.id)).await
}

impl FromRequestParts<Services> for Person {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, services: &Services) -> Result<Self, Problem> {
        match Caller::find(parts, services).await? {
            Caller::Person(person) => Ok(person),
            Caller::Key(holder) => {
                refused(Refusal::Right(holder.actor, "do what takes a person"));
                let sentence = "A key acts for a workspace and is no person. Sign in as a person for this";
                Err(AppError::forbidden(sentence).into())
            }
        }
    }
}

impl FromRequestParts<Services> for PersonWithin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, services: &Services) -> Result<Self, Problem> {
        let person = Person::from_request_parts(parts, services).await?;
        Ok(Self { actor: enter(parts, services, person.id).await?, person })
    }
}

impl<N: Needs> FromRequestParts<Services> for Within<N> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, services: &Services) -> Result<Self, Problem> {
        let caller = Caller::find(parts, services).await?;
        let actor = caller.act(parts, services, N::SCOPE).await?;
        let person = match caller {
            Caller::Person(person) => Some(person),
            Caller::Key(_) => None,
        };
        Ok(Self { actor, person, scope: PhantomData })
    }
}

fn named_workspace(parts: &Parts) -> Option<&str> {
    // What is no text names no workspace that there is.
    parts.headers.get(WORKSPACE_HEADER).map(|value| value.to_str().unwrap_or_default())
}

async fn enter(parts: &Parts, services: &Services, person: UserId) -> Result<Actor, AppError> {
    if let Some(slug) = named_workspace(parts) {
        return services.accounts.authorise(Some(person), slug).await;
    }
    services.accounts.authorise_in_only(person).await?.ok_or_else(|| {
        AppError::invalid(
            "Quartile-Workspace",
            "You belong to several workspaces. Name one in the header Quartile-Workspace; GET /workspaces lists them",
        )
    })
}

/// A key is for its own workspace; naming another one is answered as if there were none.
async fn refuse_other_workspace(parts: &Parts, services: &Services, actor: &Actor) -> Result<(), AppError> {
    let Some(slug) = named_workspace(parts) else { return Ok(()) };
    let own = services.accounts.workspace_of(actor).await?;
    if own.slug == slug {
        return Ok(());
    }
    refused(Refusal::Right(actor.clone(), "act in another workspace"));
    Err(AppError::not_found("workspace"))
}

fn credential_in_address(parts: &Parts) -> Option<&'static str> {
    let query = parts.uri.query().unwrap_or_default();
    let names = form_urlencoded::parse(query.as_bytes());
    names.into_iter().find_map(|(name, value)| match name.as_ref() {
        "access_token" | "token" => Some("the token"),
        "api_key" | "key" | "apikey" => Some("the key"),
        _ => value.contains("mk_live_").then_some("the key"),
    })
}
