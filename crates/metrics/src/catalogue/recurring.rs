//! Recurring revenue, its movements and its growth.

use kernel::Unit;

use super::metric::{Aim, Group, Metric, NullRule, Rollup, Stage, ValidRange, Variant};

const MOVEMENT: Metric = Metric {
    group: Group::Growth,
    unit: Unit::MoneyPerMonth,
    aim: Aim::HIGH,
    source: "SaaS Metrics Standards Board",
    ..Metric::REPORTED
};

const GROWTH_RATE: Metric = Metric {
    group: Group::Growth,
    unit: Unit::Share,
    aim: Aim::HIGH,
    valid: ValidRange::new(-1.0, 1000.0),
    null_rule: NullRule::unranked(
        "base_not_positive",
        "Undefined when MRR at the start was 0 or less",
        "MRR at the start was not positive, so growth has no meaning",
    ),
    source: "Arithmetic; applied to MRR",
    rollup: Rollup::Last,
    ..Metric::REPORTED
};

pub(super) const METRICS: &[Metric] = &[
    Metric {
        key: "mrr",
        label: "Monthly recurring revenue",
        short_label: "MRR",
        words: "The price of every active subscription normalised to one month, after discounts, at the end of the \
                month. Without tax, one-off fees, services and usage that is not guaranteed",
        typical: 200_000.0,
        pitfall: "An annual prepayment belongs to twelve months, not to the month of the invoice. Leave trials out, \
                  take discounts off, and use one exchange rate per month.",
        synonyms: "MRR; monthly recurring revenue; recurring revenue; recurring revenue monthly; ending MRR; \
                   closing MRR; MRR end; end MRR; MRR end of month; MRR EOM; MRR EOP; current MRR; \
                   subscription MRR; monatlich wiederkehrender Umsatz; monatliche wiederkehrende Einnahmen; \
                   revenu mensuel récurrent; revenus récurrents mensuels; ingresos recurrentes mensuales",
        stages: Stage::EARNING,
        rollup: Rollup::Last,
        ..MOVEMENT
    },
    Metric {
        key: "arr",
        label: "Annual recurring revenue",
        short_label: "ARR",
        unit: Unit::MoneyPerYear,
        formula: Some("mrr * 12"),
        words: "MRR at the end of the month, times twelve",
        typical: 2_400_000.0,
        pitfall: "ARR is not revenue, and signed contracts that are not live yet (CARR) are not ARR. Do not mix MRR \
                  times twelve with annualised contracts.",
        synonyms: "ARR; annual recurring revenue; annualised recurring revenue; annualized recurring revenue; \
                   ending ARR; ARR end; run rate; annual run rate; ARR EOM; jährlich wiederkehrender Umsatz; \
                   revenu annuel récurrent; revenus récurrents annuels; ingresos recurrentes anuales",
        stages: Stage::EARNING,
        variants: &[
            Variant { key: "mrr_times_12", words: "MRR at the end of the month times twelve" },
            Variant { key: "contracts", words: "Sum of the annualised live contracts, uploaded as ARR" },
        ],
        rollup: Rollup::Last,
        ..MOVEMENT
    },
    Metric {
        key: "mrr_new",
        label: "New MRR",
        short_label: "New MRR",
        words: "MRR at the end of the month from customers who never paid before",
        typical: 8_000.0,
        pitfall: "A customer who comes back belongs in reactivation. Growth of existing customers is expansion.",
        synonyms: "new MRR; MRR new; new business MRR; new customer MRR; new logo MRR; new business; MRR from \
                   new customers; added MRR; new subscriptions MRR; Neugeschäft MRR; Neukunden MRR; nouveau \
                   MRR; MRR nouveaux clients; nuevo MRR; MRR nuevos clientes",
        ..MOVEMENT
    },
    Metric {
        key: "mrr_react",
        label: "Reactivation MRR",
        short_label: "Reactivation",
        words: "MRR at the end of the month from customers who paid nothing at its start and had paid before that",
        typical: 500.0,
        pitfall: "It is neither new business nor retention. A company that never reports it has it inside new MRR.",
        synonyms: "reactivation MRR; reactivated MRR; MRR reactivation; reactivation; reactivations; win back \
                   MRR; winback MRR; returning MRR; resurrected MRR; MRR réactivation; MRR reactivado",
        ..MOVEMENT
    },
    Metric {
        key: "mrr_exp",
        label: "Expansion MRR",
        short_label: "Expansion",
        words: "Sum of the increases in MRR over customers who paid at the start of the month",
        typical: 4_000.0,
        pitfall: "Net it per customer, not per subscription: a move from one plan to another is one change.",
        synonyms: "expansion MRR; MRR expansion; expansion; upgrade MRR; upgrades; upsell MRR; upsell; \
                   upsells; expansion revenue; MRR upsell; cross sell MRR; Upselling MRR; MRR upgrades; \
                   Expansions MRR; MRR expansión",
        ..MOVEMENT
    },
    Metric {
        key: "mrr_con",
        label: "Contraction MRR",
        short_label: "Contraction",
        aim: Aim::LOW,
        words: "Sum of the decreases in MRR over customers who still pay at the end of the month, as a positive number",
        typical: 1_000.0,
        pitfall: "A customer who leaves is churn, not contraction. It is stored positive; only the bridge subtracts it.",
        synonyms: "contraction MRR; MRR contraction; contraction; downgrade MRR; downgrades; downsell MRR; \
                   downsell; downsells; MRR downgrades; MRR downgrade; Downgrade MRR; MRR contracción",
        is_deduction: true,
        ..MOVEMENT
    },
    Metric {
        key: "mrr_churn",
        label: "Churned MRR",
        short_label: "Churned MRR",
        aim: Aim::LOW,
        words: "MRR at the start of the month of customers who pay nothing at its end, as a positive number",
        typical: 2_500.0,
        pitfall: "Count it when the paid term ends, not when the customer gives notice, and keep to one rule for \
                  payments that are overdue.",
        synonyms: "churn MRR; churned MRR; MRR churn; lost MRR; MRR lost; cancelled MRR; canceled MRR; \
                   churned revenue; lost revenue; MRR churned; cancellations MRR; verlorener MRR; gekündigter \
                   MRR; MRR perdu; MRR perdido",
        is_deduction: true,
        ..MOVEMENT
    },
    Metric {
        key: "mrr_net_new",
        label: "Net new MRR",
        short_label: "Net new MRR",
        formula: Some("mrr - prev(mrr, 1)"),
        words: "MRR at the end of the month minus MRR at the end of the month before",
        valid: ValidRange::ANY,
        typical: 9_000.0,
        pitfall: "It hides what was lost behind what was won. Read it together with the bridge.",
        synonyms: "net new MRR; net MRR; MRR net new; net MRR change; change in MRR; MRR change; net MRR \
                   added; MRR movement; MRR net nouveau; MRR neto nuevo",
        ..MOVEMENT
    },
    Metric {
        key: "mrr_check",
        label: "MRR bridge gap",
        short_label: "Bridge gap",
        aim: Aim::Range { low: 0.0, high: 0.0 },
        formula: Some("mrr - (prev(mrr, 1) + mrr_new + tracked(mrr_react) + mrr_exp - mrr_con - mrr_churn)"),
        words: "MRR at the end of the month minus what its start and its movements add up to. Reactivation counts \
                inside new MRR for a company that has never reported it",
        valid: ValidRange::ANY,
        typical: 0.0,
        pitfall: "A gap means that a movement is missing or counted twice. It is shown, never spread over the others.",
        synonyms: "MRR check; bridge gap; MRR bridge gap; MRR gap; unexplained MRR; MRR difference",
        source: "Identity of the MRR movements",
        ..MOVEMENT
    },
    Metric {
        key: "g_mom",
        label: "Monthly growth",
        short_label: "MoM growth",
        unit: Unit::SharePerMonth,
        formula: Some("mrr / positive(prev(mrr, 1)) - 1"),
        words: "MRR against the month before, minus one",
        typical: 0.04,
        pitfall: "A tiny base makes huge rates, and an acquisition is not growth. The mean of monthly rates is not the \
                  compound rate.",
        synonyms: "MoM growth; month over month growth; monthly growth; MRR growth; MRR growth rate; monthly \
                   growth rate; growth MoM; MRR growth MoM; Wachstum MoM; monatliches Wachstum; croissance \
                   mensuelle; crecimiento mensual",
        stages: &[Stage::Early],
        rollup: Rollup::Mean,
        ..GROWTH_RATE
    },
    Metric {
        key: "g_yoy",
        label: "Yearly growth",
        short_label: "YoY growth",
        formula: Some("mrr / positive(prev(mrr, 12)) - 1"),
        words: "MRR against the same month of the year before, minus one",
        typical: 0.6,
        pitfall: "Growth of revenue and growth of recurring revenue differ. Say so when a company was bought in between.",
        synonyms: "YoY growth; year over year growth; yearly growth; annual growth; annual growth rate; ARR \
                   growth; ARR growth YoY; growth YoY; MRR growth YoY; revenue growth YoY; jährliches \
                   Wachstum; Wachstum ggü. Vorjahr; croissance annuelle; crecimiento anual",
        stages: Stage::EARNING,
        ..GROWTH_RATE
    },
    Metric {
        key: "cmgr",
        label: "Compound monthly growth",
        short_label: "CMGR",
        unit: Unit::SharePerMonth,
        formula: Some("pow(mrr / positive(prev(mrr, 12)), 1 / 12) - 1"),
        words: "The constant monthly rate that leads from MRR twelve months ago to MRR now",
        valid: ValidRange::new(-1.0, 20.0),
        typical: 0.035,
        pitfall: "It is not the mean of the monthly rates. Windows beyond twelve months mix stages of a company.",
        synonyms: "CMGR; compound monthly growth; compound monthly growth rate; CMGR 12m",
        stages: &[Stage::Early],
        ..GROWTH_RATE
    },
    Metric {
        key: "quick",
        label: "SaaS quick ratio",
        short_label: "Quick ratio",
        unit: Unit::Times,
        formula: Some("(mrr_new + tracked(mrr_react) + mrr_exp) / positive(mrr_con + mrr_churn)"),
        words: "MRR won (new, reactivated, expanded) for each unit of MRR lost (contracted, churned). Reactivation \
                counts inside new MRR for a company that has never reported it",
        valid: ValidRange::new(0.0, 1.0e6),
        typical: 3.0,
        null_rule: NullRule::best(
            "no_losses",
            "Undefined when nothing was lost",
            "No losses: no MRR contracted or churned, so there is nothing to divide by",
        ),
        pitfall: "It is not the quick ratio of accounting. Few losses make it jump.",
        synonyms: "quick ratio; SaaS quick ratio; MRR quick ratio",
        stages: Stage::EARNING,
        source: "Mamoon Hamid, 2015",
        rollup: Rollup::Ratio,
        ..MOVEMENT
    },
    Metric {
        key: "exp_share",
        label: "Expansion share",
        short_label: "Expansion share",
        unit: Unit::Share,
        aim: Aim::CONTEXT,
        formula: Some("mrr_exp / positive(mrr_new + mrr_exp)"),
        words: "Expansion as a part of new and expansion MRR",
        valid: ValidRange::FRACTION,
        typical: 0.35,
        null_rule: NullRule::unranked(
            "nothing_won",
            "Undefined when there was neither new nor expansion MRR",
            "There was neither new nor expansion MRR",
        ),
        pitfall: "It rises with the size of the company; compare within one band of revenue.",
        synonyms: "expansion share; expansion share of new ARR; share of expansion; expansion % of new ARR",
        stages: Stage::LATER,
        source: "Benchmarkit",
        rollup: Rollup::Ratio,
        ..MOVEMENT
    },
];
