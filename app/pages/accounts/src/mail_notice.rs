//! Where messages go on an instance without a mail server.

use leptos::prelude::*;
use ui::{Notice, Tone};

use crate::functions::get_mail_folder;

/// Says so, if there is none.
#[component]
pub(crate) fn MailNotice() -> impl IntoView {
    let folder = Resource::new_blocking(|| (), |()| get_mail_folder());
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                folder
                    .await
                    .ok()
                    .flatten()
                    .map(|folder| {
                        view! {
                            <Notice tone=Tone::Information>
                                "This instance has no mail server. Its messages are files in the folder "
                                <code>{folder}</code> " on the server; whoever runs it can open them there."
                            </Notice>
                        }
                    })
            })}
        </Suspense>
    }
}
