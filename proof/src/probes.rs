//! The probes: each shows one promise of the program, or that it does not hold.

mod cast;
mod elsewhere;
mod endings;
mod erasure;
mod events;
mod failures;
mod files;
mod forgery;
mod formulas;
mod google;
mod headers;
mod keys;
mod lifetimes;
mod limits;
mod logged;
mod masked;
mod observatory;
mod operations;
mod operator;
mod origins;
mod pages;
mod passwords;
mod records;
mod refreshing;
mod renewal;
mod rights;
mod schemas;
mod schemathesis;
mod scripts;
mod sealed;
mod seeds;
mod sessions;
mod smuggling;
mod tenancy;
mod truth;
mod walk;
mod wire;
mod world;

use std::{pin::Pin, time::Instant};

use crate::{
    Failure,
    options::{Options, Part},
    people,
    report::{self, Line, Table},
    verdict::{self, Finding, Verdict, not_carried_out},
};
use world::World;

type Running<'a> = Pin<Box<dyn Future<Output = Finding> + 'a>>;

/// One promise.
struct Probe {
    id: &'static str,
    /// The promise in a few words.
    promise: &'static str,
    run: for<'a> fn(&'a World) -> Running<'a>,
}

macro_rules! probes {
    ($($id:literal $promise:literal $function:path;)+) => {
        &[$(Probe { id: $id, promise: $promise, run: |world| Box::pin($function(world)) }),+]
    };
}

const PROBES: &[Probe] = probes! {
    "P1" "foreign ids are answered like unknown ones" tenancy::p01_foreign_ids_are_answered_like_unknown_ones;
    "P2" "mixed ids store nothing" tenancy::p02_mixed_ids_store_nothing;
    "P3" "no answer holds a word of others" tenancy::p03_no_answer_holds_a_word_of_others;
    "P4" "every role may do what the table says" rights::p04_every_role_may_do_what_the_table_says;
    "P5" "nobody promotes themselves" rights::p05_nobody_promotes_themselves;
    "P6" "fields that nobody asked for are refused" rights::p06_fields_that_nobody_asked_for_are_refused;
    "P7" "a right ends at once" endings::p07_a_right_ends_at_once;
    "P8" "a planted cookie opens nothing" sessions::p08_a_planted_cookie_opens_nothing;
    "P9" "a sign out ends everything it says" sessions::p09_a_sign_out_ends_everything_it_says;
    "P10" "a cookie is for this site and ends" sessions::p10_a_cookie_is_for_this_site_and_ends;
    "P11" "other sites write nothing" origins::p11_other_sites_write_nothing;
    "P12" "other sites read only if named" origins::p12_other_sites_read_only_if_named;
    "P13" "every kind of answer carries the headers" headers::p13_every_kind_of_answer_carries_the_headers;
    "P14" "no other algorithm counts" forgery::p14_no_other_algorithm_counts;
    "P15" "no head names its own key" forgery::p15_no_head_names_its_own_key;
    "P16" "a token is good here and now alone" lifetimes::p16_a_token_is_good_here_and_now_alone;
    "P17" "nothing else passes for a token" forgery::p17_nothing_else_passes_for_a_token;
    "P18" "broken tokens cost nothing" forgery::p18_broken_tokens_cost_nothing;
    "P19" "keys are replaced without signing anybody out" lifetimes::p19_keys_are_replaced_without_signing_anybody_out;
    "P20" "a stolen refresh token ends the sign in" refreshing::p20_a_stolen_refresh_token_ends_the_sign_in;
    "P21" "haste signs nobody out" refreshing::p21_haste_signs_nobody_out;
    "P22" "a grandparent is a thief" refreshing::p22_a_grandparent_is_a_thief;
    "P23" "a lost answer is given again" refreshing::p23_a_lost_answer_is_given_again;
    "P24" "a foreign state redeems nothing" google::p24_a_foreign_state_redeems_nothing;
    "P25" "a wrong identity token signs nobody in" google::p25_a_wrong_identity_token_signs_nobody_in;
    "P26" "a code is bound to who began" google::p26_a_code_is_bound_to_who_began;
    "P27" "an address takes over no account" google::p27_an_address_takes_over_no_account;
    "P28" "a provider is believed only as configured" elsewhere::p28_a_provider_is_believed_only_as_configured;
    "P29" "nobody is led elsewhere" elsewhere::p29_nobody_is_led_elsewhere;
    "P30" "nobody learns whose address is known" passwords::p30_nobody_learns_whose_address_is_known;
    "P31" "wrong passwords make wait" passwords::p31_wrong_passwords_make_wait;
    "P32" "passwords are long and of any kind" passwords::p32_passwords_are_long_and_of_any_kind;
    "P33" "guessing locks nobody out" passwords::p33_guessing_locks_nobody_out;
    "P34" "ten requests a second and no more" limits::p34_ten_requests_a_second_and_no_more;
    "P35" "nobody is somebody else by a header" limits::p35_nobody_is_somebody_else_by_a_header;
    "P36" "a key is shown once and ends at once" keys::p36_a_key_is_shown_once_and_ends_at_once;
    "P37" "stored texts stay texts" scripts::p37_stored_texts_stay_texts;
    "P38" "a page sent as a file comes back as bytes" files::p38_a_page_sent_as_a_file_comes_back_as_bytes;
    "P39" "names and paths stay where they belong" files::p39_names_and_paths_stay_where_they_belong;
    "P40" "the program calls nobody it is told to" elsewhere::p40_the_program_calls_nobody_it_is_told_to;
    "P41" "webhooks are signed" elsewhere::p41_webhooks_are_signed;
    "P42" "sql is only text" wire::p42_sql_is_only_text;
    "P43" "formulas are text in files" formulas::p43_formulas_are_text_in_files;
    "P44" "nothing is smuggled" smuggling::p44_nothing_is_smuggled;
    "P45" "only known methods and hosts" wire::p45_only_known_methods_and_hosts;
    "P46" "odd json costs nothing" wire::p46_odd_json_costs_nothing;
    "P47" "a fault shows a reference and nothing else" failures::p47_a_fault_shows_a_reference_and_nothing_else;
    "P48" "the log is one line each without secrets" logged::p48_the_log_is_one_line_each_without_secrets;
    "P49" "what was done stays written" records::p49_what_was_done_stays_written;
    "P50" "a copy tells no address" sealed::p50_a_copy_tells_no_address;
    "P51" "without its keys nothing starts" sealed::p51_without_its_keys_nothing_starts;
    "P52" "what identifies people is masked" masked::p52_what_identifies_people_is_masked;
    "P53" "no cache keeps what is private" sealed::p53_no_cache_keeps_what_is_private;
    "P54" "who leaves is forgotten" erasure::p54_who_leaves_is_forgotten;
    "P55" "live events are for those who may" events::p55_live_events_are_for_those_who_may;
    "P56" "a careless setting stops the start" operator::p56_a_careless_setting_stops_the_start;
    "P57" "only the operator sees inside" operator::p57_only_the_operator_sees_inside;
    "P58" "tls is of today" operator::p58_tls_is_of_today;
};

/// Carries out what the options want; whether nothing is broken.
pub(crate) async fn run(options: &Options) -> Result<bool, Failure> {
    let mut tables = Vec::new();
    for part in &options.parts {
        println!("\n== {} ==", part.title());
        let table = match part {
            Part::Sqlite | Part::Cluster => promises(options, *part).await?,
            Part::Schemathesis | Part::Observatory => tools(options, *part).await,
        };
        tables.push(table);
    }
    println!();
    for table in &tables {
        println!("{}", table.in_short());
    }
    if let Some(file) = &options.write {
        report::write(file, "probe", &tables)?;
    }
    Ok(tables.iter().all(|table| !table.is_broken()))
}

async fn promises(options: &Options, part: Part) -> Result<Table, Failure> {
    let world = World::start(options, part == Part::Cluster).await?;
    let mut table = Table::new(part.title());
    for probe in PROBES.iter().filter(|probe| options.wants(probe.id)) {
        let begun = Instant::now();
        let verdict = (probe.run)(&world).await.unwrap_or_else(|failure| not_carried_out(&failure));
        let line = Line {
            id: probe.id.to_owned(),
            promise: probe.promise.to_owned(),
            verdict,
            seconds: begun.elapsed().as_secs_f64(),
        };
        println!("{line}");
        table.lines.push(line);
    }
    Ok(table)
}

/// What programs of others find.
async fn tools(options: &Options, part: Part) -> Table {
    let (mut table, begun) = (Table::new(part.title()), Instant::now());
    let mut tell = |promise: String, verdict: Verdict| {
        let seconds = begun.elapsed().as_secs_f64();
        let line = Line { id: part.name().to_owned(), promise, verdict, seconds };
        println!("{line}");
        table.lines.push(line);
    };
    let done = match part {
        Part::Schemathesis => schemathesis::run(options, &mut tell).await,
        _ => observatory_of(options, &mut tell).await,
    };
    if let Err(failure) = done {
        tell("the whole part".to_owned(), not_carried_out(&failure));
    }
    table
}

async fn observatory_of(options: &Options, tell: impl FnMut(String, Verdict)) -> Result<(), Failure> {
    observatory::run(&World::start(options, false).await?, tell).await
}
