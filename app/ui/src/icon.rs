//! The icons: one stroke, sixteen units wide, in the colour of the text around them.

use leptos::prelude::*;

macro_rules! icons {
    ($($(#[$doc:meta])* $name:ident => $path:literal,)+) => {
        /// Which icon.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum IconName {
            $($(#[$doc])* $name,)+
        }

        impl IconName {
            /// All icons, for galleries and tests.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            fn path(self) -> &'static str {
                match self { $(Self::$name => $path,)+ }
            }
        }
    };
}

icons! {
    /// The overview.
    Home => "M2 8l6-5 6 5v5.5H2z",
    /// A dashboard of figures.
    Dashboard => "M2 13V8m4 5V4m4 9V6m4 7V2",
    /// Position among peers.
    Standing => "M2 8h12M5 5v6m6-6v6M8 3v10",
    /// A report.
    Report => "M4 2h6l3 3v9H4zM6 8h5M6 11h5",
    /// Data of a workspace.
    Data => "M3 4c0-1.5 10-1.5 10 0v8c0 1.5-10 1.5-10 0zM3 8c0 1.5 10 1.5 10 0",
    /// Analyses.
    Analyses => "M2 13l4-5 3 3 5-7",
    /// How a company ships.
    Engineering => "M5 4L2 8l3 4m6-8l3 4-3 4",
    /// People.
    Community => "M5 7a2 2 0 100-4 2 2 0 000 4zm6 0a2 2 0 100-4 2 2 0 000 4zM2 13c0-3 6-3 6 0m0 0c0-3 6-3 6 0",
    /// Buying and selling.
    Marketplace => "M2 6h12l-1 8H3zM5 6V4a3 3 0 016 0v2",
    /// Settings.
    Settings => "M8 5a3 3 0 100 6 3 3 0 000-6zM8 1v2m0 10v2M1 8h2m10 0h2",
    /// Notifications.
    Bell => "M4 11V7a4 4 0 018 0v4l1.5 1.5h-11zM6.5 14.5h3",
    /// Send a file to the server.
    Upload => "M8 10.5V2.5m-3 3l3-3 3 3M2.5 10v3.5h11V10",
    /// Take a file from the server.
    Download => "M8 2.5v8m-3-3l3 3 3-3M2.5 10v3.5h11V10",
    /// Done, or in order.
    Check => "M3 8.5l3.5 3.5L13 4.5",
    /// Doubtful.
    Warning => "M8 2.5l6.5 11h-13zM8 6.5v3M8 11.5v.2",
    /// Went wrong.
    Failure => "M8 1.8a6.2 6.2 0 100 12.4A6.2 6.2 0 008 1.8zM8 4.8v4M8 11v.2",
    /// Worth knowing.
    Information => "M8 1.8a6.2 6.2 0 100 12.4A6.2 6.2 0 008 1.8zM8 7.4v4M8 4.8v.2",
    /// Close or dismiss.
    Close => "M4 4l8 8m0-8l-8 8",
    /// Opens below.
    ChevronDown => "M3 5.5l5 5 5-5",
    /// Opens inside, or the next.
    ChevronRight => "M5.5 3l5 5-5 5",
    /// The one before.
    ChevronLeft => "M10.5 3l-5 5 5 5",
    /// Navigation on small screens.
    Menu => "M2 4h12M2 8h12M2 12h12",
    /// More actions.
    More => "M3 8h.1M8 8h.1M13 8h.1",
    /// The light theme.
    Sun => "M8 5a3 3 0 100 6 3 3 0 000-6zM8 1v1.5m0 11V15M1 8h1.5m11 0H15M3 3l1 1m8 8l1 1m0-10l-1 1m-8 8l-1 1",
    /// The dark theme.
    Moon => "M13.5 9.7A6 6 0 016.3 2.5a6 6 0 107.2 7.2z",
    /// The theme of the system.
    System => "M2 3h12v8H2zM5.5 14h5M8 11v3",
    /// Leads out of Quartile.
    External => "M6.5 3H3v10h10V9.5M9 2.5h4.5V7M13.5 2.5L7.5 8.5",
    /// Delete.
    Trash => "M2.5 4.5h11M6 4.5V2.5h4v2M4 4.5l.7 9h6.6l.7-9M6.8 7v4m2.4-4v4",
    /// Undo.
    Undo => "M3 6.5h6.5a3.5 3.5 0 010 7H6M6 3.5l-3 3 3 3",
    /// Search.
    Search => "M7 2.5a4.5 4.5 0 100 9 4.5 4.5 0 000-9zM10.5 10.5l3.5 3.5",
    /// A person.
    User => "M8 8a3 3 0 100-6 3 3 0 000 6zM2.5 14c0-4.5 11-4.5 11 0",
    /// Sign out.
    SignOut => "M6.5 2.5H3v11h3.5M10 5l3 3-3 3m3-3H6.5",
    /// Add.
    Plus => "M8 3v10M3 8h10",
    /// Change.
    Edit => "M3 13l.7-3L11 2.7l2.3 2.3L6 12.3zM9.5 4.2l2.3 2.3",
    /// Look at.
    Eye => "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 6.2a1.8 1.8 0 100 3.6 1.8 1.8 0 000-3.6z",
    /// Guarded or secret.
    Lock => "M3.5 7.5h9v6h-9zM5.5 7.5V5a2.5 2.5 0 015 0v2.5",
    /// A definition.
    Help => "M8 1.8a6.2 6.2 0 100 12.4A6.2 6.2 0 008 1.8zM6.3 6.3a1.7 1.7 0 113 1.2C8.5 8.1 8 8.4 8 9.3M8 11.3v.2",
    /// Narrow down a list.
    Filter => "M2 4h12M4.5 8h7M6.5 12h3",
}

/// An icon. Without a label it is decoration and hidden from assistive technology.
#[component]
pub fn Icon(
    /// Which icon.
    name: IconName,
    /// What it says, when no text beside it says so.
    #[prop(optional, into)]
    label: Option<String>,
) -> impl IntoView {
    let is_decoration = label.is_none();
    view! {
        <svg
            class="icon"
            viewBox="0 0 16 16"
            focusable="false"
            role=(!is_decoration).then_some("img")
            aria-label=label
            aria-hidden=is_decoration.then_some("true")
        >
            <path d=name.path()></path>
        </svg>
    }
}
