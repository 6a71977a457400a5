//! The people of the probes: a workspace with every role, an outsider with another one, and somebody who was taken out.

use std::collections::BTreeMap;

use kernel::{Role, Scope};
use serde_json::{Value, json};

use super::{
    pages::Places,
    people::{Person, id_of, keep_figures, make_key, send_file},
};
use crate::{
    Failure,
    client::{Ask, at},
    stage::{Deployment, SITE_NAME},
};

/// The workspace that most probes are about.
pub(crate) const OURS: &str = "acme";
/// The workspace of the outsider.
pub(crate) const THEIRS: &str = "birch";
/// Begins every text that only the other workspace knows.
pub(crate) const CANARY: &str = "Zq7Canary";
/// Two years of a company.
pub(crate) const FIGURES: &str = include_str!("../../../public/example.csv");

/// What belongs to the other workspace.
#[derive(Clone, Debug, Default)]
pub(crate) struct Foreign {
    /// Ids by what they name.
    pub(crate) ids: BTreeMap<&'static str, String>,
}

/// Everybody.
pub(crate) struct Cast {
    people: BTreeMap<&'static str, Person>,
    /// The owner of the other workspace.
    pub(crate) outsider: Person,
    /// Was an analyst once.
    pub(crate) removed: Person,
    /// Runs the instance, and belongs to no workspace but the own.
    pub(crate) administrator: Person,
    /// What the owner has in our workspace.
    pub(crate) ours: Places,
    /// What the outsider has.
    pub(crate) foreign: Foreign,
    keys: BTreeMap<&'static str, String>,
}

impl Cast {
    /// Makes everybody through the doors that everybody uses.
    pub(crate) async fn gather(deployment: &Deployment) -> Result<Self, Failure> {
        let owner = Person::sign_up(deployment, "Ada Moreau", "ada@acme.example", "Acme").await?;
        let mut people = BTreeMap::new();
        for role in Role::ALL.into_iter().filter(|role| *role != Role::Owner) {
            let person = join(deployment, &owner, role, role.key()).await?;
            people.insert(role.key(), person);
        }
        let removed = join(deployment, &owner, Role::Analyst, "removed").await?;
        let outsider =
            Person::sign_up(deployment, &format!("{CANARY} Eve"), "eve@birch.example", "Birch").await?;
        let foreign = furnish(deployment, &outsider).await?;
        let mut keys = BTreeMap::new();
        let token = owner.token().await?;
        for scope in Scope::ALL {
            let key = make_key(&deployment.door(), &token, OURS, &[scope.key()]).await?;
            keys.insert(scope.key(), key);
        }
        let ours = Places::furnish(deployment, &owner, OURS, FIGURES).await?;
        take_out(deployment, &owner, &removed).await?;
        people.insert(Role::Owner.key(), owner);
        let administrator = administrator(deployment).await?;
        Ok(Self { people, outsider, removed, administrator, ours, foreign, keys })
    }

    /// Who has that role.
    pub(crate) fn person(&self, role: Role) -> Result<&Person, Failure> {
        self.people.get(role.key()).ok_or_else(|| format!("nobody is {}", role.key()).into())
    }

    /// The owner.
    pub(crate) fn owner(&self) -> Result<&Person, Failure> {
        self.person(Role::Owner)
    }

    /// A key with that scope alone.
    pub(crate) fn key(&self, scope: Scope) -> Result<&str, Failure> {
        self.keys.get(scope.key()).map(String::as_str).ok_or_else(|| "there is no such key".into())
    }
}

/// Somebody who follows the link that the program shows whoever starts it for the first time.
pub(crate) async fn administrator(deployment: &Deployment) -> Result<Person, Failure> {
    const CLAIM: &str = "/admin/claim?link=";
    let mut person =
        Person::sign_up(deployment, "Ruth Moreau", "ruth@operators.example", "Operators").await?;
    let log = deployment.log();
    let link = log.split(CLAIM).nth(1).and_then(|rest| rest.split_whitespace().next());
    let link = link.ok_or("no link of the first administrator was shown")?;
    let page = format!("{CLAIM}{link}");
    let answer = person.browser.submit(&page, "become_administrator", &[("link", link)]).await?;
    if answer.header("location") == "/admin" {
        return Ok(person);
    }
    Err(format!("becoming an administrator was answered with {}", answer.in_short()).into())
}

/// Makes somebody a member with that role, by an invitation that they follow.
pub(crate) async fn join(
    deployment: &Deployment,
    owner: &Person,
    role: Role,
    name: &str,
) -> Result<Person, Failure> {
    let email = format!("{name}@staff.example");
    let mut person =
        Person::sign_up(deployment, &format!("{name} Moreau"), &email, &format!("Home of {name}")).await?;
    let ask = Ask::post("/api/v1/invitations").bearer(&owner.token().await?).workspace(OURS);
    let answer = deployment.door().send(ask.json(&json!({ "role": role.key() }))).await?;
    let invited = answer.json();
    let link =
        at(&invited, "/link").as_str().and_then(|link| link.strip_prefix(&format!("https://{SITE_NAME}")));
    let link = link.ok_or_else(|| format!("inviting was answered with {}", answer.in_short()))?;
    let (_, secret) = link.split_once("link=").ok_or("the invitation has no secret")?;
    let answer = person.browser.submit(link, "accept_invitation", &[("link", secret)]).await?;
    if answer.header("location") == format!("/w/{OURS}") {
        return Ok(person);
    }
    Err(format!("joining as {} was answered with {}", role.key(), answer.in_short()).into())
}

/// Takes somebody out of our workspace.
pub(crate) async fn take_out(
    deployment: &Deployment,
    owner: &Person,
    person: &Person,
) -> Result<(), Failure> {
    let id = id_of(&deployment.door(), person).await?;
    let ask = Ask::new("DELETE", &format!("/api/v1/members/{id}")).bearer(&owner.token().await?);
    let answer = deployment.door().send(ask.workspace(OURS)).await?;
    if answer.status == 204 {
        Ok(())
    } else {
        Err(format!("nobody was taken out: {}", answer.in_short()).into())
    }
}

/// Gives the other workspace one of everything, each with a text that nobody else may see.
async fn furnish(deployment: &Deployment, outsider: &Person) -> Result<Foreign, Failure> {
    let (door, token) = (deployment.door(), outsider.token().await?);
    let mut ids = BTreeMap::new();
    let (_, import) = keep_figures(deployment, outsider, THEIRS, FIGURES).await?;
    ids.insert("import", import);
    let content = format!("month,{CANARY} header,mrr\n2026-02,{CANARY} cell,100\n");
    let name = format!("{CANARY} file.csv");
    ids.insert("file", send_file(&door, &token, THEIRS, (&name, content.as_bytes())).await?);
    let posted = async |path: &str, body: Value| -> Result<Value, Failure> {
        let ask = Ask::post(path).bearer(&token).workspace(THEIRS);
        let ask = if body.is_null() { ask } else { ask.json(&body) };
        let answer = door.send(ask).await?;
        if (200..300).contains(&answer.status) { Ok(answer.json()) } else { Err(answer.in_short().into()) }
    };
    let report = posted("/api/v1/reports", Value::Null).await?;
    ids.insert("report", text(at(&report, "/id"))?);
    let key =
        posted("/api/v1/api-keys", json!({ "name": format!("{CANARY} key"), "scopes": ["metrics:read"] }))
            .await?;
    ids.insert("key", text(at(&key, "/key/id"))?);
    posted("/api/v1/invitations", json!({ "role": "viewer", "email": format!("{CANARY}@birch.example") }))
        .await?;
    let list = door.send(Ask::get("/api/v1/invitations").bearer(&token).workspace(THEIRS)).await?.json();
    ids.insert("invitation", text(at(&list, "/0/id"))?);
    ids.insert("member", id_of(&door, outsider).await?);
    let sessions = door.send(Ask::get("/api/v1/auth/sessions").bearer(&token)).await?.json();
    ids.insert("session", text(at(&sessions, "/0/id"))?);
    let body = json!({ "name": format!("{CANARY} Birch"), "currency": "USD" });
    let ask = Ask::new("PUT", "/api/v1/workspaces/current").bearer(&token).workspace(THEIRS).json(&body);
    let answer = door.send(ask).await?;
    if answer.status == 200 { Ok(Foreign { ids }) } else { Err(answer.in_short().into()) }
}

fn text(value: &Value) -> Result<String, Failure> {
    value.as_str().map(str::to_owned).ok_or_else(|| format!("no id in {value}").into())
}
