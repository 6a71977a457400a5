//! Who may do what: one table, and every role tried on every line of it.

use http::StatusCode;
use kernel::{DatasetId, Role};
use leptos::server_fn::axum::server_fn_paths;
use reports::model::SharingChange;

use crate::{
    app::{FIGURES, TestApp},
    visitor::Visitor,
};

/// Something that not everybody may do in a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    SaveProfile,
    Upload,
    ChooseFormat,
    DeleteDataset,
    SaveMapping,
    CommitImport,
    UndoImport,
    CreateReport,
    DeleteReport,
    SeeSharing,
    ShareReport,
    ShareWithEveryone,
    Invite,
    RevokeInvitation,
    ChangeRole,
    RemoveMember,
    LetReadPersonalData,
    TransferOwnership,
    DeleteWorkspace,
    KeepWorkspace,
    MakeKey,
    RotateKey,
    RevokeKey,
}

/// Every deed, the server function that does it, and the least role that may.
const POLICY: [(Deed, &str, Role); 23] = [
    (Deed::SaveProfile, "save_profile", Role::Admin),
    (Deed::Upload, "", Role::Analyst),
    (Deed::ChooseFormat, "choose_format", Role::Analyst),
    (Deed::DeleteDataset, "delete_dataset", Role::Analyst),
    (Deed::SaveMapping, "save_mapping", Role::Analyst),
    (Deed::CommitImport, "commit_import", Role::Analyst),
    (Deed::UndoImport, "undo_import", Role::Analyst),
    (Deed::CreateReport, "create_report", Role::Member),
    (Deed::DeleteReport, "delete_report", Role::Member),
    (Deed::SeeSharing, "get_sharing", Role::Member),
    (Deed::ShareReport, "share_report", Role::Member),
    (Deed::ShareWithEveryone, "share_with_everyone", Role::Member),
    (Deed::Invite, "invite", Role::Admin),
    (Deed::RevokeInvitation, "revoke_invitation", Role::Admin),
    (Deed::ChangeRole, "change_role", Role::Admin),
    (Deed::RemoveMember, "remove_member", Role::Admin),
    (Deed::LetReadPersonalData, "let_read_personal_data", Role::Owner),
    (Deed::TransferOwnership, "transfer_ownership", Role::Owner),
    (Deed::DeleteWorkspace, "delete_workspace", Role::Owner),
    (Deed::KeepWorkspace, "keep_workspace", Role::Owner),
    (Deed::MakeKey, "make_key", Role::Admin),
    (Deed::RotateKey, "rotate_key", Role::Admin),
    (Deed::RevokeKey, "revoke_key", Role::Admin),
];

/// Server functions that read, each with the parameter that names the workspace.
const READING: [(&str, &str); 11] = [
    ("get_workspace", "slug"),
    ("get_profile", "workspace"),
    ("get_files", "workspace"),
    ("get_dataset", "workspace"),
    ("get_dashboard", "workspace"),
    ("get_figure", "workspace"),
    ("get_catalogue", "workspace"),
    ("get_mapping", "workspace"),
    ("get_check", "workspace"),
    ("list_imports", "workspace"),
    ("get_standing", "workspace"),
];
const READING_TOO: [(&str, &str); 2] = [("list_reports", "workspace"), ("get_members", "workspace")];

/// Server functions that read what only admins and owners may see.
const GUARDED: [&str; 2] = ["get_keys", "get_records"];

/// Server functions that belong to no workspace.
const PUBLIC: [&str; 12] = [
    "get_erasure_problem",
    "get_invitation",
    "get_visitor",
    "open_demo",
    "get_google_is_set_up",
    "get_mail_folder",
    "sign_up",
    "confirm_sign_up",
    "request_reset",
    "reset_password",
    "sign_in",
    "sign_out",
];

/// Server functions for administrators of the instance alone.
const ADMINISTRATORS: [&str; 17] = [
    "get_desk",
    "get_health",
    "get_people",
    "set_active",
    "set_administrator",
    "sign_out_person",
    "let_in_again",
    "get_workspaces",
    "look_into",
    "look_away",
    "get_jobs",
    "retry_job",
    "get_blocks",
    "block_place",
    "lift_block",
    "lift_pause",
    "get_instance_records",
];
const ADMINISTRATORS_TOO: [&str; 1] = ["get_settings"];

/// Server functions that everyone who is signed in may call, for the own account alone.
const OWN_ACCOUNT: [&str; 11] = [
    "get_is_signed_in",
    "become_administrator",
    "get_account",
    "end_session",
    "end_all_sessions",
    "change_password",
    "disconnect_google",
    "prove",
    "accept_invitation",
    "get_my_workspaces",
    "create_workspace",
];

#[test]
fn every_server_function_is_in_the_policy() {
    // The list of functions is filled when the program is linked; naming one of them links all.
    let listed = POLICY
        .iter()
        .map(|(_, name, _)| *name)
        .chain(PUBLIC)
        .chain(OWN_ACCOUNT)
        .chain(GUARDED)
        .chain(ADMINISTRATORS)
        .chain(ADMINISTRATORS_TOO)
        .chain(reading().map(|(name, _)| name));
    let mut listed: Vec<&str> = listed.filter(|name| !name.is_empty()).collect();
    listed.sort_unstable();
    let mut functions: Vec<&str> =
        server_fn_paths().filter_map(|(path, _)| path.rsplit('/').next()).collect();
    functions.sort_unstable();
    assert_eq!(functions, listed, "decide who may call it, and add it to the table");
}

fn reading() -> impl Iterator<Item = (&'static str, &'static str)> {
    READING.into_iter().chain(READING_TOO)
}

router_test!(every_role_may_do_what_the_policy_says_and_nothing_else, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    for role in Role::ALL {
        let mut visitor = app.member("acme", role).await;
        for (deed, name, least) in POLICY {
            let status = attempt(&app, &mut visitor, deed, name).await;
            if role <= least {
                assert!(status.is_success(), "{role:?} may {deed:?}, and was answered {status}");
            } else {
                assert_eq!(status, StatusCode::FORBIDDEN, "{role:?} may not {deed:?}");
            }
        }
    }
});

router_test!(outsiders_are_told_that_nothing_is_there_and_strangers_to_sign_in, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    let eve = app.sign_up("eve@other.example").await;
    for (visitor, expected) in [(eve, StatusCode::NOT_FOUND), (app.stranger(), StatusCode::UNAUTHORIZED)] {
        for (deed, name, _) in POLICY {
            let status = attempt(&app, &mut visitor.clone(), deed, name).await;
            assert_eq!(status, expected, "{deed:?}");
        }
        for (name, workspace) in reading() {
            let unknown = "00000000-0000-7000-8000-000000000000";
            let form = [
                (workspace, "acme"),
                ("id", unknown),
                ("page", "1"),
                ("key", "mrr"),
                ("choices[month]", ""),
                ("choices[window]", ""),
                ("choices[currency]", ""),
            ];
            let status = visitor.clone().call(name, &form).await.status;
            assert_eq!(status, expected, "{name}");
        }
    }
});

router_test!(an_account_is_for_whoever_is_signed_in, {
    let app = TestApp::start().await;
    for name in OWN_ACCOUNT {
        let form = [
            ("handle", "00000000-0000-7000-8000-000000000000"),
            ("password", "x"),
            ("input[password]", "x"),
            ("link", "x"),
        ];
        assert_eq!(app.stranger().call(name, &form).await.status, StatusCode::UNAUTHORIZED, "{name}");
    }
});

router_test!(the_area_of_administrators_is_not_there_for_anybody_else, {
    let app = TestApp::start().await;
    let owner = app.sign_up("ada@acme.example").await;
    for (visitor, expected) in [(owner, StatusCode::NOT_FOUND), (app.stranger(), StatusCode::UNAUTHORIZED)] {
        for name in ADMINISTRATORS.into_iter().chain(ADMINISTRATORS_TOO) {
            let status = visitor.clone().call(name, &administrators_form()).await.status;
            assert_eq!(status, expected, "{name}");
        }
        for path in ["", "/people", "/workspaces", "/jobs", "/blocks", "/records", "/settings"] {
            assert_eq!(visitor.clone().get(&format!("/admin{path}")).await.status, expected, "{path}");
        }
    }
});

/// What the forms of administrators hold, of all of them at once.
pub(crate) fn administrators_form() -> [(&'static str, &'static str); 14] {
    [
        ("search", ""),
        ("page", "1"),
        ("before", ""),
        ("wanted", "true"),
        ("workspace", "acme"),
        ("person", "00000000-0000-7000-8000-000000000000"),
        ("id", "00000000-0000-7000-8000-000000000000"),
        ("place", "192.0.2.7"),
        ("input[workspace]", "acme"),
        ("input[minutes]", "15"),
        ("input[hours]", "1"),
        ("input[place]", "192.0.2.7"),
        ("input[reason]", "Support request 4711"),
        ("link", "x"),
    ]
}

router_test!(keys_and_the_log_are_for_admins_and_owners, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    for role in Role::ALL {
        let mut visitor = app.member("acme", role).await;
        let expected = if role <= Role::Admin { StatusCode::OK } else { StatusCode::FORBIDDEN };
        for name in GUARDED {
            let form = [("workspace", "acme"), ("action", ""), ("before", "")];
            assert_eq!(visitor.call(name, &form).await.status, expected, "{role:?} {name}");
        }
        for path in ["/w/acme/keys", "/w/acme/audit", "/w/acme/audit.csv"] {
            assert_eq!(visitor.get(path).await.status, expected, "{role:?} {path}");
        }
    }
});

router_test!(everyone_in_a_workspace_reads_all_of_it, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let (file, _) = app.import("acme").await;
    let file = file.to_string();
    let mut viewer = app.member("acme", Role::Viewer).await;
    for (name, workspace) in reading() {
        let form = [
            (workspace, "acme"),
            ("id", file.as_str()),
            ("page", "1"),
            ("key", "mrr"),
            ("choices[month]", ""),
            ("choices[window]", ""),
            ("choices[currency]", ""),
        ];
        let answer = viewer.call(name, &form).await;
        assert_eq!(answer.status, StatusCode::OK, "{name}: {}", answer.text());
    }
});

router_test!(a_role_that_is_taken_away_ends_with_the_next_request, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let mut eve = app.member("acme", Role::Admin).await;
    assert!(attempt(&app, &mut eve, Deed::SaveProfile, "save_profile").await.is_success());
    let sql = "UPDATE memberships SET role = 'viewer' WHERE role = 'admin'";
    let mut tx = app.services.db.begin_everywhere().await.unwrap();
    db::on_tx!(&mut tx, |c| db::sqlx::query(sql).execute(c).await.map(|_| ())).unwrap();
    tx.commit().await.unwrap();
    assert_eq!(attempt(&app, &mut eve, Deed::SaveProfile, "save_profile").await, StatusCode::FORBIDDEN);

    let mut tx = app.services.db.begin_everywhere().await.unwrap();
    db::on_tx!(&mut tx, |c| db::sqlx::query("DELETE FROM memberships WHERE role = 'viewer'")
        .execute(c)
        .await
        .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(eve.get("/w/acme").await.status, StatusCode::NOT_FOUND);
});

router_test!(a_page_offers_only_what_the_visitor_may_do, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    let report = app.report("acme").await;
    let change = SharingChange::everyone(true);
    app.services.reports.share(&app.system("acme").await, report, change).await.unwrap();
    let mut viewer = app.member("acme", Role::Viewer).await;
    let mut analyst = app.member("acme", Role::Analyst).await;
    for (path, action) in [
        ("/data", "/upload"),
        ("/data", "delete_dataset"),
        ("/reports", "delete_report"),
        ("/data/imports", "undo_import"),
    ] {
        let path = format!("/w/acme{path}");
        let offers = |actions: Vec<String>| actions.iter().any(|offered| offered.ends_with(action));
        assert!(!offers(viewer.get(&path).await.attributes("action")), "{path} {action}");
        assert!(offers(analyst.get(&path).await.attributes("action")), "{path} {action}");
    }
});

/// Prepares what the deed needs, lets the visitor try it, and tells how that was answered.
async fn attempt(app: &TestApp, visitor: &mut Visitor<'_>, deed: Deed, name: &str) -> StatusCode {
    let id = match deed {
        Deed::SaveProfile => {
            let form = [("workspace", "acme"), ("input[name]", "Acme"), ("input[currency]", "USD")];
            return visitor.call(name, &form).await.status;
        }
        Deed::Upload => {
            return visitor.upload("acme", ("mine.csv", FIGURES.as_bytes()), "application/json").await.status;
        }
        Deed::CreateReport | Deed::DeleteWorkspace | Deed::KeepWorkspace => {
            return visitor.call(name, &[("workspace", "acme")]).await.status;
        }
        Deed::MakeKey => {
            let form = [
                ("workspace", "acme"),
                ("input[name]", "Billing"),
                ("input[days]", "90"),
                ("input[scopes][metrics:read]", "on"),
            ];
            return visitor.call(name, &form).await.status;
        }
        Deed::RotateKey | Deed::RevokeKey => app.key("acme").await.to_string(),
        Deed::Invite => {
            let form = [("workspace", "acme"), ("input[email]", ""), ("input[role]", "viewer")];
            return visitor.call(name, &form).await.status;
        }
        Deed::RevokeInvitation => app.invitation("acme").await.to_string(),
        Deed::ChangeRole | Deed::RemoveMember | Deed::LetReadPersonalData | Deed::TransferOwnership => {
            return attempt_on_a_person(app, visitor, deed, name).await;
        }
        Deed::DeleteDataset => app.file("acme", FIGURES).await.to_string(),
        Deed::ChooseFormat | Deed::SaveMapping => {
            let id = app.file("acme", FIGURES).await.to_string();
            let form = [
                ("workspace", "acme"),
                ("id", id.as_str()),
                ("input[encoding]", "windows_1252"),
                ("input[choices][c0]", "@period"),
                ("input[choices][c4]", "mrr"),
            ];
            return visitor.call(name, &form).await.status;
        }
        Deed::CommitImport => newer_file(app).await.to_string(),
        Deed::UndoImport => {
            let id = newer_file(app).await;
            app.services.metrics.commit(&app.system("acme").await, id).await.unwrap().id.to_string()
        }
        Deed::DeleteReport | Deed::SeeSharing => app.report("acme").await.to_string(),
        Deed::ShareWithEveryone | Deed::ShareReport => return attempt_to_share(app, visitor, name).await,
    };
    visitor.call(name, &[("workspace", "acme"), ("id", id.as_str())]).await.status
}

/// The same for who sees a report.
async fn attempt_to_share(app: &TestApp, visitor: &mut Visitor<'_>, name: &str) -> StatusCode {
    let (id, person) = (app.report("acme").await.to_string(), app.bystander("acme").await.to_string());
    let form = [
        ("workspace", "acme"),
        ("id", id.as_str()),
        ("person", person.as_str()),
        ("access", "edit"),
        ("wanted", "true"),
    ];
    visitor.call(name, &form).await.status
}

/// The same for what is done to another member.
async fn attempt_on_a_person(app: &TestApp, visitor: &mut Visitor<'_>, deed: Deed, name: &str) -> StatusCode {
    let person = app.bystander("acme").await;
    if deed == Deed::LetReadPersonalData {
        let workspace = app.workspace("acme").await;
        app.services.accounts.put_member(workspace, person, Role::Analyst).await.unwrap();
    }
    let person = person.to_string();
    let form = [("workspace", "acme"), ("person", person.as_str()), ("role", "member"), ("wanted", "true")];
    let status = visitor.call(name, &form).await.status;
    if deed == Deed::TransferOwnership && status.is_success() {
        app.make_owner("acme", Role::Admin).await;
        // Whoever is let do more by somebody else signs in anew.
        let form =
            [("input[email]", "owner@staff-of-acme.example"), ("input[password]", crate::app::PASSWORD)];
        visitor.submit("sign_in", &form, "/sign-in").await;
    }
    status
}

/// A file with a figure that no file before it had.
async fn newer_file(app: &TestApp) -> DatasetId {
    let imports = app.services.metrics.list_imports(&app.system("acme").await).await.unwrap().len();
    app.file("acme", &format!("month,NPS promoters\n2024-01,{}\n2024-02,{}\n", imports + 1, imports + 2))
        .await
}
