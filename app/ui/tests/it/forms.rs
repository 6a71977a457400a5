use leptos::prelude::*;
use ui::prelude::*;

use crate::html;

#[test]
fn a_field_ties_label_hint_and_error_to_its_input() {
    let field = html(|| {
        view! {
            <FormField name="email" label="E-mail" hint="Where the report goes" error=Some("Enter an address".to_owned())>
                <TextInput kind=InputKind::Email />
            </FormField>
        }
    });
    assert!(field.contains(r#"<label for="field-email">E-mail"#), "{field}");
    assert!(field.contains(r#"id="field-email""#) && field.contains(r#"name="email""#), "{field}");
    assert!(field.contains(r#"aria-describedby="field-email-error field-email-hint""#), "{field}");
    assert!(field.contains(r#"aria-invalid="true""#), "{field}");
    assert!(field.contains(r#"<p id="field-email-error" class="error">"#), "{field}");
}

#[test]
fn a_field_in_order_says_nothing_of_errors() {
    let field = html(|| {
        view! {
            <FormField name="filter[name]" label="Name" requirement=Requirement::Required>
                <TextInput value="Northlight" />
            </FormField>
        }
    });
    assert!(!field.contains("aria-invalid") && !field.contains("aria-describedby"), "{field}");
    assert!(
        field.contains(r#"name="filter[name]""#) && field.contains(r#"id="field-filter-name-""#),
        "{field}"
    );
    assert!(field.contains(" required") && field.contains(r#"value="Northlight""#), "{field}");
}

#[test]
fn a_list_marks_the_chosen_entry_and_keeps_headings_together() {
    let options = vec![
        SelectOption::new("software", "Software"),
        SelectOption::new("retail", "Retail").under("Trade"),
        SelectOption::new("wholesale", "Wholesale").under("Trade"),
        SelectOption::new("farms", "Farms").under("Land"),
    ];
    let list =
        html(|| view! { <Select name="industry" label="Industry" options=options selected="retail" /> });
    assert_eq!(list.matches("<optgroup").count(), 2, "{list}");
    assert_eq!(list.matches(" selected").count(), 1, "{list}");
    assert!(list.contains(r#"<option value="retail" selected"#), "{list}");
    assert!(list.contains(r#"aria-label="Industry""#), "{list}");
}

#[test]
fn passwords_start_hidden_and_tell_password_managers_their_use() {
    let field = html(|| {
        view! {
            <FormField name="password" label="Password">
                <PasswordInput usage=PasswordUse::New />
            </FormField>
        }
    });
    assert!(
        field.contains(r#"type="password""#) && field.contains(r#"autocomplete="new-password""#),
        "{field}"
    );
    assert!(field.contains("needs-script") && field.contains(r#"aria-pressed="false""#), "{field}");
}

#[test]
fn answers_of_a_group_share_a_name_and_its_error() {
    let answer = |value: &str| RadioOption { value: value.to_owned(), label: value.to_owned(), hint: None };
    let group = html(|| {
        view! {
            <RadioGroup
                name="stage"
                legend="Stage"
                options=vec![answer("seed"), answer("series-a")]
                selected="seed"
                error=Some("Choose one".to_owned())
            />
        }
    });
    assert!(group.contains(r#"<fieldset aria-describedby="field-stage-error""#), "{group}");
    assert_eq!(group.matches(r#"name="stage""#).count(), 2, "{group}");
    assert_eq!(group.matches(" checked").count(), 1, "{group}");
}

#[test]
fn a_dropped_file_needs_no_script() {
    let drop = html(|| {
        view! {
            <FormField name="file" label="File">
                <FileDrop invitation="Drop a CSV here" accept=".csv" />
            </FormField>
        }
    });
    assert!(drop.contains(r#"type="file""#) && drop.contains(r#"accept=".csv""#), "{drop}");
    assert!(drop.contains(r#"id="field-file""#), "{drop}");
}

#[test]
fn text_of_people_is_escaped() {
    let area = html(|| {
        view! {
            <FormField name="note" label="<b>Note</b>">
                <Textarea value="</textarea><script>" />
            </FormField>
        }
    });
    assert!(!area.contains("<script") && !area.contains("<b>"), "{area}");
    assert!(area.contains("&lt;/textarea>&lt;script></textarea>"), "{area}");
}
