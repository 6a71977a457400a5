//! Who sees personal data in files.

use accounts::MemberView;
use kernel::{Permission, Role};
use leptos::prelude::*;
use ui::{Button, ButtonKind, VisuallyHidden};

use super::functions::LET_READ;

/// Says whether a member sees personal data, and lets owners switch that for admins and analysts.
#[component]
pub(super) fn PersonalDataSwitch(
    /// The member.
    member: MemberView,
    /// The address of the workspace.
    slug: String,
    /// The role of whoever looks.
    by: Role,
) -> impl IntoView {
    let sees = member.reads_personal_data;
    let state = if sees { "May see it" } else { "Masked" };
    let may_switch = by.allows(Permission::ControlWorkspace) && member.role.may_be_trusted();
    if !may_switch {
        return view! { <span>{state}</span> }.into_any();
    }
    let (words, wanted) = if sees { ("Mask it", "false") } else { ("Let see", "true") };
    view! {
        <form method="post" action=LET_READ class="actions">
            <input type="hidden" name="workspace" value=slug />
            <input type="hidden" name="person" value=member.id.to_string() />
            <input type="hidden" name="wanted" value=wanted />
            <span>{state}</span>
            <Button kind=ButtonKind::Quiet>
                {words} <VisuallyHidden>{format!(" for {}", member.display_name)}</VisuallyHidden>
            </Button>
        </form>
    }
    .into_any()
}
