//! What growth costs.

use kernel::Unit;

use super::metric::{Aim, Group, Metric, NullRule, Rollup, Stage, ValidRange, Variant};

const EFFICIENCY: Metric = Metric {
    group: Group::Efficiency,
    unit: Unit::Times,
    aim: Aim::HIGH,
    source: "SaaS Metrics Standards Board",
    rollup: Rollup::Last,
    ..Metric::REPORTED
};

pub(super) const METRICS: &[Metric] = &[
    Metric {
        key: "cac",
        label: "Customer acquisition cost",
        short_label: "CAC",
        unit: Unit::Money,
        aim: Aim::LOW,
        formula: Some("prev(sum(sm_cost, 3), 3) / positive(sum(customers_new, 3))"),
        words: "Sales and marketing cost of the quarter before, over the customers won in the last three months. The \
                lag of three months stands for the time that a sale takes",
        typical: 4_000.0,
        null_rule: NullRule::worst(
            "no_new_customers",
            "Undefined when no customer was won in three months",
            "No customer was won in three months, so there is no cost per customer",
        ),
        pitfall: "Salaries, commissions and tools belong in the cost. Blended figures count customers who came by \
                  themselves; paid ones do not.",
        synonyms: "CAC; customer acquisition cost; acquisition cost; blended CAC; cost per acquisition; cost \
                   of acquisition; cost per new customer; CAC blended; Kundenakquisitionskosten; \
                   Kundengewinnungskosten; coût d'acquisition; coût d'acquisition client; coste de \
                   adquisición; costo de adquisición de clientes",
        stages: Stage::EARNING,
        variants: &[
            Variant { key: "quarter_lag", words: "Fully loaded cost of the quarter before" },
            Variant { key: "no_lag", words: "Cost and customers of the same period, uploaded" },
            Variant { key: "paid", words: "Paid channels only, uploaded" },
        ],
        ..EFFICIENCY
    },
    Metric {
        key: "cac_ratio",
        label: "New CAC ratio",
        short_label: "CAC ratio",
        aim: Aim::LOW,
        formula: Some("sum(sm_cost, 3) / positive(12 * sum(mrr_new, 3))"),
        words: "Sales and marketing cost of the last three months for each unit of ARR from new customers in the same \
                three months, without a lag",
        valid: ValidRange::new(0.0, 10_000.0),
        typical: 1.8,
        null_rule: NullRule::worst(
            "no_new_mrr",
            "Undefined when no new MRR was won in three months",
            "No new MRR was won in three months, so it has no price",
        ),
        pitfall: "The blended version divides by new and expansion ARR and is lower. Say which one you compare.",
        synonyms: "CAC ratio; new CAC ratio; new customer CAC ratio; cost of new ARR; S&M per new ARR",
        stages: Stage::LATER,
        variants: &[
            Variant { key: "new", words: "Divided by ARR of new customers" },
            Variant { key: "blended", words: "Divided by new and expansion ARR, uploaded" },
        ],
        ..EFFICIENCY
    },
    Metric {
        key: "cac_payback",
        label: "CAC payback",
        short_label: "CAC payback",
        unit: Unit::Months,
        aim: Aim::LOW,
        formula: Some("prev(sum(sm_cost, 3), 3) / positive(sum(mrr_new, 3) * avg(gm, 3))"),
        words: "Months until the gross margin on the new MRR of the last three months pays back the sales and marketing \
                cost of the quarter before. The lag is three months",
        valid: ValidRange::new(0.0, 10_000.0),
        typical: 16.0,
        null_rule: NullRule::worst(
            "no_margin_on_new_mrr",
            "Undefined when new MRR times gross margin was 0 or less",
            "New MRR earned no gross margin, so it never pays back what it cost",
        ),
        pitfall: "Without the gross margin it looks too short. The variant on net new MRR gives another number.",
        synonyms: "CAC payback; payback; payback period; CAC payback period; CAC payback months; payback \
                   months; months to recover CAC; CAC Amortisation; Amortisationsdauer CAC; délai de \
                   récupération CAC; periodo de recuperación CAC",
        stages: Stage::EARNING,
        variants: &[
            Variant {
                key: "new_mrr_margin",
                words: "New MRR times gross margin, cost of the quarter before",
            },
            Variant { key: "net_new_mrr", words: "Net new MRR times gross margin, uploaded" },
            Variant { key: "without_margin", words: "New MRR alone; looks too short, uploaded" },
        ],
        ..EFFICIENCY
    },
    Metric {
        key: "ltv",
        label: "Customer lifetime value",
        short_label: "LTV",
        unit: Unit::Money,
        formula: Some("arpa * avg(gm, 3) / max(avg(logo_churn, 3), 1 / 60)"),
        words: "ARPA times gross margin over monthly logo churn, both as three-month means. A lifetime is never counted \
                longer than 60 months",
        valid: ValidRange::ANY,
        typical: 16_000.0,
        null_rule: NullRule::unranked(
            "no_customers",
            "Undefined when its parts are: without customers or without revenue",
            "There were no customers or no revenue, so a customer has no value yet",
        ),
        pitfall: "Use gross profit, not revenue. With few customers one that leaves moves it by half.",
        synonyms: "LTV; CLV; CLTV; lifetime value; customer lifetime value; Kundenwert; Kundenlebenszeitwert; \
                   valeur vie client; valor de vida del cliente",
        stages: Stage::EARNING,
        source: "David Skok, For Entrepreneurs",
        ..EFFICIENCY
    },
    Metric {
        key: "ltv_cac",
        label: "LTV to CAC",
        short_label: "LTV:CAC",
        formula: Some("ltv / positive(cac)"),
        words: "Customer lifetime value for each unit of acquisition cost",
        valid: ValidRange::new(-10_000.0, 10_000.0),
        typical: 3.5,
        null_rule: NullRule::unranked(
            "no_acquisition_cost",
            "Undefined when acquisition cost was 0",
            "Acquisition cost nothing, so there is nothing to compare lifetime value with",
        ),
        pitfall: "It carries the errors of both parts. Above 8 may mean that the company invests too little.",
        synonyms: "LTV:CAC; LTV/CAC; LTV to CAC; LTV CAC ratio; CLV/CAC; CLTV:CAC; ratio LTV CAC",
        stages: Stage::EARNING,
        source: "David Skok, For Entrepreneurs",
        ..EFFICIENCY
    },
    Metric {
        key: "magic",
        label: "Magic number",
        short_label: "Magic number",
        formula: Some("(arr - prev(arr, 3)) / positive(prev(sum(sm_cost, 3), 3))"),
        words: "ARR added in the last three months for each unit of sales and marketing cost of the quarter before",
        valid: ValidRange::new(-10_000.0, 10_000.0),
        typical: 0.7,
        null_rule: NullRule::unranked(
            "no_sales_and_marketing",
            "Undefined when the quarter before had no sales and marketing cost",
            "There was no sales and marketing cost in the quarter before",
        ),
        pitfall: "The original uses four times the change of quarterly revenue, which lags ARR. Seasons move it.",
        synonyms: "magic number; SaaS magic number; sales efficiency; net sales efficiency",
        stages: Stage::LATER,
        source: "Scale Venture Partners, 2008",
        variants: &[
            Variant { key: "arr", words: "Change of ARR" },
            Variant { key: "revenue", words: "Four times the change of quarterly revenue, uploaded" },
        ],
        ..EFFICIENCY
    },
    Metric {
        key: "burn_mult",
        label: "Burn multiple",
        short_label: "Burn multiple",
        aim: Aim::LOW,
        formula: Some("3 * burn / positive(arr - prev(arr, 3))"),
        words: "Net burn of the last three months for each unit of ARR added in the same three months",
        valid: ValidRange::new(-10_000.0, 10_000.0),
        typical: 1.6,
        null_rule: NullRule::worst(
            "net_new_arr_not_positive",
            "Undefined when ARR did not grow in three months; ranked last, never dropped",
            "Net new ARR was not positive, so burn multiple has no meaning",
        ),
        pitfall: "Below $0.2 M of ARR it jumps. Below 0 means that the company grew and earned cash.",
        synonyms: "burn multiple; burn ratio; cash burn multiple; múltiplo de burn; multiple de burn",
        stages: Stage::EARNING,
        source: "David Sacks, Craft Ventures, 2020",
        ..EFFICIENCY
    },
    Metric {
        key: "rule40",
        label: "Rule of 40",
        short_label: "Rule of 40",
        unit: Unit::Points,
        formula: Some("100 * (g_yoy + sum(ebitda, 12) / positive(sum(revenue, 12)))"),
        words: "Yearly growth of MRR plus EBITDA margin of the last twelve months, in percentage points",
        valid: ValidRange::new(-100_000.0, 100_000.0),
        typical: 30.0,
        null_rule: NullRule::unranked(
            "no_revenue",
            "Undefined without MRR a year ago or without revenue in twelve months",
            "There was no revenue in twelve months, so there is no margin to add",
        ),
        pitfall: "The margin chosen moves it by about 16 points: this one is EBITDA. Below $1 M of ARR it says little.",
        synonyms: "rule of 40; rule 40; rule of forty; R40; règle des 40; regla del 40",
        stages: Stage::LATER,
        source: "Brad Feld, 2015",
        variants: &[
            Variant { key: "ebitda", words: "Growth plus EBITDA margin" },
            Variant { key: "free_cash_flow", words: "Growth plus free-cash-flow margin, uploaded" },
        ],
        ..EFFICIENCY
    },
    Metric {
        key: "rev_fte",
        label: "ARR per employee",
        short_label: "ARR per employee",
        unit: Unit::MoneyPerYear,
        formula: Some("arr / positive(avg(headcount, 3))"),
        words: "ARR over the mean number of full-time equivalents of the last three months, contractors included",
        typical: 100_000.0,
        null_rule: NullRule::unranked(
            "no_headcount",
            "Undefined when headcount was 0",
            "Headcount was 0, so there is nobody to divide by",
        ),
        pitfall: "Count contractors by the time they work. Revenue in place of ARR gives another number.",
        synonyms: "ARR per employee; ARR per FTE; revenue per employee; revenue per FTE; ARR/FTE; \
                   revenue/FTE; Umsatz pro Mitarbeiter; Umsatz je Mitarbeiter; revenu par employé; CA par \
                   employé; ingresos por empleado",
        stages: Stage::LATER,
        variants: &[
            Variant { key: "arr", words: "ARR over full-time equivalents" },
            Variant {
                key: "revenue",
                words: "Revenue of twelve months over full-time equivalents, uploaded",
            },
        ],
        ..EFFICIENCY
    },
];
