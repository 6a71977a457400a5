//! The form that uploads a file: plain by itself, with progress where script runs.

use kernel::{THIN_SPACE, count, file_size};
use leptos::{ev, prelude::*, reactive::send_wrapper_ext::SendOption};
use ui::{Button, ButtonAct, ButtonKind, Card, FileDrop, FormField, IconName, Progress, Tone, say};
use wasm_bindgen::JsCast;
use web_sys::{File, FormData, HtmlFormElement, XmlHttpRequest};

use super::sending::{News, outcome, send};
use crate::functions::UploadLimits;

/// How far an upload is.
#[derive(Clone, Debug, PartialEq)]
enum Upload {
    /// No file is on its way.
    Waiting,
    /// So many bytes of so many have left.
    Sending { name: String, sent: f64, total: f64 },
    /// All bytes have left, and the server looks at them.
    Reading { name: String },
    /// It was not kept.
    Refused(String),
}

impl Upload {
    fn is_under_way(&self) -> bool {
        matches!(self, Self::Sending { .. } | Self::Reading { .. })
    }

    /// Whether the server cannot have kept it yet.
    fn can_be_cancelled(&self) -> bool {
        matches!(self, Self::Sending { .. })
    }

    fn problem(&self) -> Option<String> {
        if let Self::Refused(sentence) = self { Some(sentence.clone()) } else { None }
    }

    fn label(&self) -> String {
        match self {
            Self::Sending { name, .. } => format!("Uploading {name}"),
            Self::Reading { name } => format!("Reading {name}"),
            Self::Waiting | Self::Refused(_) => String::new(),
        }
    }

    fn share(&self) -> Option<f64> {
        match self {
            Self::Sending { sent, total, .. } if *total > 0.0 => Some(sent / total),
            _ => None,
        }
    }

    fn detail(&self) -> String {
        match (self, self.share()) {
            (Self::Sending { sent, total, .. }, Some(share)) => {
                let per_cent = format!("{}{THIN_SPACE}%", count(whole(share * 100.0)));
                format!("{} of {} · {per_cent}", file_size(whole(*sent)), file_size(whole(*total)))
            }
            _ => String::new(),
        }
    }

    /// The state after `news`, unless it is an answer.
    fn after(&self, news: &News) -> Self {
        let name = match self {
            Self::Sending { name, .. } | Self::Reading { name } => name.clone(),
            Self::Waiting | Self::Refused(_) => String::new(),
        };
        match *news {
            News::Sent { sent, total } if sent < total => Self::Sending { name, sent, total },
            News::Sent { .. } | News::Answered { .. } => Self::Reading { name },
            News::Broken if !self.can_be_cancelled() => Self::Refused(
                "The connection broke while the server was reading the file. Reload the page and see whether it is in the list"
                    .to_owned(),
            ),
            News::Broken => Self::Refused(
                "The connection broke before the file was complete. Nothing was kept; check the connection and upload it again"
                    .to_owned(),
            ),
            News::Cancelled => Self::Waiting,
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bytes and per cent are not negative"
)]
fn whole(number: f64) -> u64 {
    number as u64
}

/// Uploads one file. `problem` says why the one before was refused.
#[island]
pub(crate) fn UploadForm(
    /// The address of the workspace.
    workspace: String,
    /// How large a file may be.
    limits: UploadLimits,
    /// Why the upload before was refused.
    problem: Option<String>,
) -> impl IntoView {
    let address = format!("/w/{workspace}/data/upload");
    let state = RwSignal::new(problem.map_or(Upload::Waiting, Upload::Refused));
    let request = StoredValue::new(SendOption::<XmlHttpRequest>::new_local(None));
    let is_under_way = Signal::derive(move || state.read().is_under_way());
    let cancel = move |_| {
        request.with_value(|request| {
            if let Some(request) = request.as_ref() {
                // Fails only where nothing is on its way any more.
                drop(request.abort());
            }
        });
    };
    let start = start(address.clone(), limits, state, request);
    view! {
        <Card heading="Upload a file">
            <form class="form" method="post" enctype="multipart/form-data" action=address on:submit=start>
                <FormField name="file" label="CSV file" error=Signal::derive(move || state.read().problem())>
                    <FileDrop
                        invitation="Drop a CSV here, or choose one"
                        limits=limits_in_words(limits)
                        accept=".csv,.tsv,.txt,text/csv,text/tab-separated-values,text/plain"
                    />
                </FormField>
                <Show when=move || is_under_way.get()>
                    <Progress
                        label=Signal::derive(move || state.read().label())
                        share=Signal::derive(move || state.read().share())
                        detail=Signal::derive(move || state.read().detail())
                    />
                </Show>
                <div class="actions">
                    <Button kind=ButtonKind::Primary icon=IconName::Upload busy=is_under_way>"Upload file"</Button>
                    <Show when=move || state.read().can_be_cancelled()>
                        <Button act=ButtonAct::Handler on:click=cancel>"Cancel upload"</Button>
                    </Show>
                </div>
            </form>
        </Card>
    }
}

/// What happens when the form is sent where script runs. It ends when the person leaves the page.
fn start(
    address: String,
    limits: UploadLimits,
    state: RwSignal<Upload>,
    request: StoredValue<SendOption<XmlHttpRequest>>,
) -> impl Fn(ev::SubmitEvent) + 'static {
    move |event| {
        let form = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
        let Some(form) = form.and_then(|form| FormData::new_with_form(&form).ok()) else { return };
        event.prevent_default();
        if state.read_untracked().is_under_way() {
            return;
        }
        let (name, bytes) = match chosen_file(&form, limits) {
            Ok(file) => file,
            Err(sentence) => return state.set(Upload::Refused(sentence)),
        };
        state.set(Upload::Sending { name, sent: 0.0, total: bytes });
        let tell = move |news: News| match news {
            News::Answered { status, body } => match outcome(status, &body) {
                Ok(location) => drop(window().location().assign(&location)),
                Err(sentence) => state.set(Upload::Refused(sentence)),
            },
            news => {
                if news == News::Cancelled {
                    say(Tone::Information, "The upload was cancelled. Nothing was kept.");
                }
                state.update(|upload| *upload = upload.after(&news));
            }
        };
        match send(&address, &form, tell) {
            Ok(sent) => request.update_value(|request| **request = Some(sent)),
            Err(_) => state.set(state.get_untracked().after(&News::Broken)),
        }
    }
}

/// Name and size of the file in the form, or what is wrong with it.
fn chosen_file(form: &FormData, limits: UploadLimits) -> Result<(String, f64), String> {
    let file = form.get("file").dyn_into::<File>().ok().filter(|file| !file.name().is_empty());
    let Some(file) = file else { return Err("Choose a file first, then upload it".to_owned()) };
    if whole(file.size()) > limits.most_bytes {
        let (size, most) = (file_size(whole(file.size())), file_size(limits.most_bytes));
        return Err(format!(
            "This file has {size}, and at most {most} are taken. Split it, or export a shorter period"
        ));
    }
    Ok((file.name(), file.size()))
}

fn limits_in_words(limits: UploadLimits) -> String {
    format!(
        "Up to {}, {} columns and {} a cell. Kept byte for byte; no figure changes until you commit.",
        file_size(limits.most_bytes),
        count(limits.most_columns.into()),
        file_size(limits.most_cell_bytes.into())
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sending(sent: f64, total: f64) -> Upload {
        Upload::Sending { name: "a.csv".to_owned(), sent, total }
    }

    #[test]
    fn progress_is_told_in_bytes_and_per_cent() {
        let detail = sending(1_300_234.0, 10_485_760.0).detail().replace(THIN_SPACE, " ");
        assert_eq!(detail, "1.2 MB of 10 MB · 12 %");
    }

    #[test]
    fn once_all_bytes_have_left_the_server_reads() {
        let after = sending(1.0, 2.0).after(&News::Sent { sent: 2.0, total: 2.0 });
        assert_eq!(after.label(), "Reading a.csv");
        assert_eq!(after.share(), None);
    }

    #[test]
    fn a_cancelled_upload_leaves_no_trace_and_a_broken_one_a_sentence() {
        assert_eq!(sending(1.0, 2.0).after(&News::Cancelled), Upload::Waiting);
        assert!(sending(1.0, 2.0).after(&News::Broken).problem().is_some());
    }
}
