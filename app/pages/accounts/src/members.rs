//! Who belongs to a workspace.

mod functions;
mod invitation;
mod owners;
mod personal;

use accounts::{InvitationView, MemberView, WorkspaceView};
use api::{ErrorPage, FormState};
use kernel::{Permission, Role};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use ui::{
    Button, ButtonKind, Card, Chip, ChipTone, Confirm, DataTable, FormField, HeadCell, InputKind, Moment,
    NarrowTable, Notice, PageHead, Select, SelectOption, TextInput, Tone,
};

use functions::{CHANGE_ROLE, Invite, MembersPageView, REMOVE_MEMBER, REVOKE_INVITATION, get_members};
pub(crate) use invitation::InvitationPage;
use owners::OwnersCard;
use personal::PersonalDataSwitch;

/// Lists members and invitations, and changes both.
#[component]
pub(crate) fn MembersPage() -> impl IntoView {
    let workspace = expect_context::<WorkspaceView>();
    let slug = workspace.workspace.slug.clone();
    let members = Resource::new_blocking(move || slug.clone(), get_members);
    let query = use_query_map();
    let done = move || query.read().get("made").and_then(|key| sentence(&key));
    view! {
        <Title text="Members" />
        <PageHead title="Members" lead=|| "Who belongs to this workspace, and what each of them may do." />
        {move || done().map(|sentence| view! { <Notice tone=Tone::Good>{sentence}</Notice> })}
        <Suspense>
            {move || {
                let workspace = workspace.clone();
                Suspend::new(async move {
                    match members.await {
                        Ok(members) => view! { <Members workspace=workspace members=members /> }.into_any(),
                        Err(error) => view! { <ErrorPage error=error /> }.into_any(),
                    }
                })
            }}
        </Suspense>
    }
}

fn sentence(key: &str) -> Option<&'static str> {
    Some(match key {
        "invitation" => "The invitation is on its way.",
        "revoked" => "The invitation is taken back; its link opens nothing any more.",
        "role" => {
            "The role is changed, from the next click of that person on. Whoever may do more now signs in anew."
        }
        "granted" => "The person may see personal data in files now, after signing in anew.",
        "withdrawn" => "The person sees personal data masked, from the next click on.",
        "removed" => "The person does not belong to this workspace any more.",
        "transferred" => "The workspace has a new owner. You stay as an admin.",
        "deletion" => "The workspace will be deleted. Until then you can keep it after all.",
        "kept" => "The workspace stays.",
        _ => return None,
    })
}

#[component]
fn Members(workspace: WorkspaceView, members: MembersPageView) -> impl IntoView {
    let MembersPageView { view, new_link } = members;
    let slug = workspace.workspace.slug.clone();
    let role = workspace.role;
    let others: Vec<(String, String)> = view
        .members
        .iter()
        .filter(|member| !member.is_self)
        .map(|member| (member.id.to_string(), member.display_name.clone()))
        .collect();
    let rows = view
        .members
        .into_iter()
        .map(|member| view! { <MemberRow member=member slug=slug.clone() by=role /> })
        .collect_view();
    let invitations = (!view.invitations.is_empty()).then(|| {
        view! { <Invitations invitations=view.invitations slug=slug.clone() by=role /> }
    });
    view! {
        {new_link.map(|link| view! { <NewLink link=link /> })}
        <Card>
            <DataTable caption="Members" narrow=NarrowTable::Stacks>
                <thead>
                    <tr>
                        <HeadCell>"Person"</HeadCell>
                        <HeadCell>"Role"</HeadCell>
                        <HeadCell>"Personal data"</HeadCell>
                        <HeadCell>"Since"</HeadCell>
                        <HeadCell>"Actions"</HeadCell>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        </Card>
        {role.allows(Permission::ManageMembers).then(|| view! { <InviteCard slug=slug.clone() by=role /> })}
        {invitations}
        {role.allows(Permission::ControlWorkspace).then(|| view! { <OwnersCard workspace=workspace others=others /> })}
    }
}

#[component]
fn NewLink(link: String) -> impl IntoView {
    view! {
        <Notice tone=Tone::Good>
            "Send this link to the person you invite. It is shown only now, and is good once, for 7 days:"
            <br />
            <code class="break-all">{link}</code>
        </Notice>
    }
}

#[component]
fn MemberRow(member: MemberView, slug: String, by: Role) -> impl IntoView {
    let id = member.id.to_string();
    let may_change = by.manages(member.role) && !member.is_self;
    let may_remove = may_change || member.is_self;
    let (trigger, title, confirm) = if member.is_self {
        ("Leave…", "Leave this workspace?".to_owned(), "Leave")
    } else {
        ("Remove…", format!("Remove {}?", member.display_name), "Remove")
    };
    let fields = vec![("workspace".to_owned(), slug.clone()), ("person".to_owned(), id.clone())];
    let personal = view! { <PersonalDataSwitch member=member.clone() slug=slug.clone() by=by /> };
    view! {
        <tr>
            <th scope="row">
                {member.display_name.clone()} {member.is_self.then(|| view! { " " <Chip tone=ChipTone::Good>"you"</Chip> })}
                <br /> <span class="muted text-s">{member.email}</span>
            </th>
            <td>
                {if may_change {
                    view! { <RoleForm slug=slug person=id.clone() name=member.display_name.clone() role=member.role by=by /> }.into_any()
                } else {
                    view! { <span title=member.role.description()>{member.role.label()}</span> }.into_any()
                }}
            </td>
            <td class="wide" data-label="Personal data">{personal}</td>
            <td data-label="Since"><Moment at=member.joined_at /></td>
            <td class="wide">
                {may_remove
                    .then(|| {
                        view! {
                            <Confirm
                                id=format!("remove-{id}")
                                trigger=trigger
                                title=title
                                confirm=confirm
                                action=REMOVE_MEMBER
                                fields=fields
                            >
                                "Figures, files and reports stay. Keys for programs that they made end. They can be invited again."
                            </Confirm>
                        }
                    })}
            </td>
        </tr>
    }
}

#[component]
fn RoleForm(slug: String, person: String, name: String, role: Role, by: Role) -> impl IntoView {
    view! {
        <form method="post" action=CHANGE_ROLE class="actions">
            <input type="hidden" name="workspace" value=slug />
            <input type="hidden" name="person" value=person />
            <Select options=role_options(by) selected=role.key() name="role" label=format!("Role of {name}") />
            <Button>"Change"</Button>
        </form>
    }
}

/// The roles that someone with the role `by` may give.
fn role_options(by: Role) -> Vec<SelectOption> {
    Role::ALL
        .into_iter()
        .filter(|role| by.manages(*role))
        .map(|role| SelectOption::new(role.key(), role.label()))
        .collect()
}

#[component]
fn InviteCard(slug: String, by: Role) -> impl IntoView {
    let action = ServerAction::<Invite>::new();
    let state = Memo::new(move |_| FormState::of(action.value().get()));
    let roles = Role::ALL
        .into_iter()
        .filter(|role| by.manages(*role))
        .map(|role| SelectOption::new(role.key(), format!("{}: {}", role.label(), role.description())))
        .collect::<Vec<_>>();
    view! {
        <Card heading="Invite somebody">
            <ActionForm action=action attr:class="form" attr:novalidate=true>
                {move || {
                    state.read().general(&["email", "role"]).map(|sentence| view! { <Notice tone=Tone::Bad>{sentence}</Notice> })
                }}
                <input type="hidden" name="workspace" value=slug />
                <div class="form-grid">
                    <FormField
                        name="input[email]"
                        label="E-mail"
                        hint="Leave it empty to get a link that you send yourself."
                        error=Signal::derive(move || state.read().error("email"))
                    >
                        <TextInput
                            kind=InputKind::Email
                            value=Signal::derive(move || state.read().typed("email", ""))
                            autocomplete="off"
                        />
                    </FormField>
                    <FormField name="input[role]" label="Role" hint="What they may do. You can change it later." error=Signal::derive(move || state.read().error("role"))>
                        <Select options=roles selected=state.read_untracked().typed("role", "viewer") />
                    </FormField>
                </div>
                <div class="actions">
                    <Button kind=ButtonKind::Primary>"Invite"</Button>
                </div>
            </ActionForm>
        </Card>
    }
}

#[component]
fn Invitations(invitations: Vec<InvitationView>, slug: String, by: Role) -> impl IntoView {
    let rows = invitations
        .into_iter()
        .map(|invitation| {
            let id = invitation.id.to_string();
            let slug = slug.clone();
            view! {
                <tr>
                    <th scope="row">{invitation.email.unwrap_or_else(|| "Whoever has the link".to_owned())}</th>
                    <td>{invitation.role.label()}</td>
                    <td data-label="Good until"><Moment at=invitation.expires_at /></td>
                    <td class="wide">
                        {by.manages(invitation.role)
                            .then(|| {
                                view! {
                                    <form method="post" action=REVOKE_INVITATION>
                                        <input type="hidden" name="workspace" value=slug />
                                        <input type="hidden" name="id" value=id />
                                        <Button>"Take back"</Button>
                                    </form>
                                }
                            })}
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Card heading="Open invitations">
            <DataTable caption="Open invitations" narrow=NarrowTable::Stacks>
                <thead>
                    <tr>
                        <HeadCell>"For"</HeadCell>
                        <HeadCell>"Role"</HeadCell>
                        <HeadCell>"Good until"</HeadCell>
                        <HeadCell>"Actions"</HeadCell>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        </Card>
    }
}
