//! Reported figures from which the others follow.

use kernel::Unit;

use super::metric::{Aim, Metric, Rollup, ValidRange};

const COST: Metric = Metric { is_deduction: true, ..Metric::REPORTED };
const COUNT: Metric = Metric { unit: Unit::Count, source: "Product records", ..Metric::REPORTED };

pub(super) const METRICS: &[Metric] = &[
    Metric {
        key: "revenue",
        label: "Revenue",
        short_label: "Revenue",
        aim: Aim::HIGH,
        words: "Revenue recognised in the month",
        typical: 210_000.0,
        pitfall: "Recognised, not invoiced and not received.",
        synonyms: "revenue; total revenue; net revenue; monthly revenue; revenues; sales; net sales; \
                   turnover; income; recognised revenue; recognized revenue; sales revenue; Umsatz; \
                   Umsatzerlöse; Erlöse; Gesamtumsatz; Nettoumsatz; chiffre d'affaires; CA; revenus; \
                   ingresos; ventas; facturación",
        ..Metric::REPORTED
    },
    Metric {
        key: "cogs",
        label: "Cost of revenue",
        short_label: "COGS",
        words: "What it costs to deliver: hosting, support, onboarding, payment fees",
        typical: 55_000.0,
        pitfall: "Customer success and hosting belong here, not in operating cost.",
        synonyms: "COGS; cost of goods sold; cost of revenue; cost of sales; CoR; direct costs; cost of \
                   goods; Herstellungskosten; Herstellkosten; Umsatzkosten; Wareneinsatz; coût des ventes; \
                   coût des revenus; coste de ventas; costo de ventas",
        ..COST
    },
    Metric {
        key: "sm_cost",
        label: "Sales and marketing cost",
        short_label: "S&M cost",
        formula: Some("sales_cost + marketing_cost"),
        words: "Everything spent to win customers, salaries and commissions included. The sum of sales and of marketing \
                cost, unless it is reported itself",
        typical: 60_000.0,
        pitfall: "Salaries, commissions, tools and agencies all belong here.",
        synonyms: "S&M; S&M spend; S&M cost; S&M expense; sales & marketing; sales and marketing cost; sales \
                   & marketing spend; sales and marketing expenses; sales & marketing expense; S and M; S+M; \
                   sales/marketing; selling and marketing; Vertrieb und Marketing; Vertriebs- und \
                   Marketingkosten; Marketing und Vertrieb; frais commerciaux et marketing; ventes et \
                   marketing; ventas y marketing; gastos de ventas y marketing",
        ..COST
    },
    Metric {
        key: "sales_cost",
        label: "Sales cost",
        short_label: "Sales cost",
        words: "Sales salaries, commissions and tools",
        typical: 35_000.0,
        pitfall: "Part of sales and marketing cost: report the parts or the whole.",
        synonyms: "sales cost; sales spend; sales expense; sales expenses; sales team cost; selling expenses; \
                   Vertriebskosten; Vertriebsaufwand; frais commerciaux; gastos de ventas",
        ..COST
    },
    Metric {
        key: "marketing_cost",
        label: "Marketing cost",
        short_label: "Marketing cost",
        words: "Marketing salaries, advertising, events and tools",
        typical: 25_000.0,
        pitfall: "Part of sales and marketing cost: report the parts or the whole.",
        synonyms: "marketing cost; marketing spend; marketing; marketing expense; marketing expenses; ad \
                   spend; advertising; advertising spend; Marketingkosten; Werbekosten; dépenses marketing; \
                   gastos de marketing",
        ..COST
    },
    Metric {
        key: "rd_cost",
        label: "Research and development cost",
        short_label: "R&D cost",
        words: "Product and engineering salaries, contractors and tools",
        typical: 65_000.0,
        pitfall: "Say whether development is capitalised, and do it the same way every month.",
        synonyms: "R&D; R&D spend; R&D cost; R&D expense; research & development; research and development \
                   cost; engineering cost; engineering spend; product development; product and engineering; \
                   Forschung und Entwicklung; F&E; Entwicklungskosten; recherche et développement; R et D; \
                   investigación y desarrollo; I+D",
        ..COST
    },
    Metric {
        key: "ga_cost",
        label: "General and administrative cost",
        short_label: "G&A cost",
        words: "Finance, legal, people, rent and insurance",
        typical: 35_000.0,
        pitfall: "Tools and rent of other teams belong to those teams.",
        synonyms: "G&A; G&A spend; G&A cost; G&A expense; general & administrative; general and admin; SG&A; \
                   administrative expenses; overhead; overheads; admin cost; Verwaltungskosten; Gemeinkosten; \
                   frais généraux; frais généraux et administratifs; gastos generales; gastos administrativos",
        ..COST
    },
    Metric {
        key: "ebitda",
        label: "EBITDA",
        short_label: "EBITDA",
        aim: Aim::HIGH,
        formula: Some("revenue - cogs - sm_cost - rd_cost - ga_cost"),
        words: "Earnings before interest, tax, depreciation and amortisation. Revenue minus the four costs, unless it \
                is reported itself",
        valid: ValidRange::ANY,
        typical: -20_000.0,
        pitfall: "If the costs contain depreciation, the computed value is operating profit. Keep one-off items apart.",
        synonyms: "EBITDA; adjusted EBITDA; operating EBITDA; EBITDA adjusted",
        ..Metric::REPORTED
    },
    Metric {
        key: "fcf",
        label: "Free cash flow",
        short_label: "FCF",
        aim: Aim::HIGH,
        words: "Cash from operations minus investments",
        valid: ValidRange::ANY,
        typical: -30_000.0,
        pitfall: "Money raised or repaid is no part of it.",
        synonyms: "FCF; free cash flow; free cashflow; freier Cashflow; flux de trésorerie disponible; flujo \
                   de caja libre",
        ..Metric::REPORTED
    },
    Metric {
        key: "cash",
        label: "Cash",
        short_label: "Cash",
        aim: Aim::HIGH,
        words: "Cash and what can be turned into it within days, at the end of the month",
        valid: ValidRange::ANY,
        typical: 1_500_000.0,
        pitfall: "Undrawn credit is not cash.",
        synonyms: "cash; cash balance; cash in bank; bank balance; cash at bank; ending cash; closing cash; \
                   cash position; cash on hand; cash and equivalents; cash end of month; cash EOM; \
                   Liquidität; Kontostand; liquide Mittel; Kassenbestand; Bankguthaben; trésorerie; solde \
                   bancaire; efectivo; tesorería; caja; saldo bancario",
        rollup: Rollup::Last,
        ..Metric::REPORTED
    },
    Metric {
        key: "financing",
        label: "Money raised",
        short_label: "Raised",
        words: "Equity and debt received in the month, minus debt repaid; 0 in a month without",
        valid: ValidRange::ANY,
        typical: 0.0,
        pitfall: "Write 0 for months without a round: an empty cell is unknown, and burn cannot be computed from it.",
        synonyms: "financing; money raised; funds raised; funding; fundraising; capital raised; equity \
                   raised; debt raised; investment received; financing cash flow; cash from financing; \
                   Finanzierung; Kapitalzufluss; financement; levée de fonds; financiación; capital levantado",
        ..Metric::REPORTED
    },
    Metric {
        key: "headcount",
        label: "Headcount",
        short_label: "Headcount",
        words: "Full-time equivalents at the end of the month, contractors included",
        typical: 24.0,
        pitfall: "Contractors count by the time they work.",
        synonyms: "headcount; FTE; FTEs; employees; number of employees; staff; team size; full time \
                   equivalents; people; employee count; Mitarbeiter; Anzahl Mitarbeiter; Mitarbeiterzahl; \
                   Vollzeitäquivalente; effectif; effectifs; nombre d'employés; salariés; ETP; empleados; \
                   plantilla; número de empleados",
        source: "Payroll",
        rollup: Rollup::Last,
        ..COUNT
    },
    Metric {
        key: "nps_promoters",
        label: "NPS promoters",
        short_label: "Promoters",
        words: "Answers 9 and 10 in the month",
        typical: 52.0,
        pitfall: "A number of answers, not a share.",
        synonyms: "promoters; NPS promoters; promoter responses; Promotoren; promoteurs; promotores",
        ..COUNT
    },
    Metric {
        key: "nps_detractors",
        label: "NPS detractors",
        short_label: "Detractors",
        words: "Answers 0 to 6 in the month",
        typical: 20.0,
        pitfall: "A number of answers, not a share.",
        synonyms: "detractors; NPS detractors; detractor responses; Detraktoren; détracteurs; detractores",
        ..COUNT
    },
    Metric {
        key: "nps_responses",
        label: "NPS answers",
        short_label: "NPS answers",
        words: "All answers in the month, those of 7 and 8 included",
        typical: 100.0,
        pitfall: "People asked are not people who answered.",
        synonyms: "NPS responses; NPS answers; NPS respondents; survey responses; NPS n; NPS Antworten; \
                   réponses NPS; respuestas NPS",
        ..COUNT
    },
    Metric {
        key: "dau",
        label: "Daily active users",
        short_label: "DAU",
        words: "Mean over the days of the month of the users active on a day",
        typical: 800.0,
        pitfall: "The mean of the days, not the best day.",
        synonyms: "DAU; daily active users; average DAU; avg daily active users; täglich aktive Nutzer; \
                   utilisateurs actifs quotidiens; usuarios activos diarios",
        rollup: Rollup::Mean,
        ..COUNT
    },
    Metric {
        key: "mau",
        label: "Monthly active users",
        short_label: "MAU",
        words: "Distinct users active in the month",
        typical: 4_000.0,
        pitfall: "Distinct users: the daily ones do not add up to it. Say whether the window is 28 or 30 days.",
        synonyms: "MAU; monthly active users; active users; active users monthly; monatlich aktive Nutzer; \
                   utilisateurs actifs mensuels; usuarios activos mensuales",
        rollup: Rollup::Last,
        ..COUNT
    },
    Metric {
        key: "conv_entered",
        label: "Entered the funnel",
        short_label: "Entered",
        words: "Trials or leads that entered in the month",
        typical: 300.0,
        pitfall: "The same people whose conversion is counted.",
        synonyms: "entered; trials; trials started; new trials; trial starts; signups; sign ups; leads; new \
                   leads; registrations; Registrierungen; Testphasen; inscriptions; registros",
        ..COUNT
    },
    Metric {
        key: "conv_converted",
        label: "Converted",
        short_label: "Converted",
        words: "Of those who entered in the month, how many have converted",
        typical: 36.0,
        pitfall: "Belongs to the month in which they entered, not to the month of the conversion.",
        synonyms: "converted; trials converted; converted trials; paid conversions; Konversionen; convertis; \
                   conversiones",
        ..COUNT
    },
    Metric {
        key: "contract_value",
        label: "Contract value signed",
        short_label: "Contract value",
        words: "Recurring value over their whole terms of the contracts signed in the month",
        typical: 120_000.0,
        pitfall: "Recurring parts only, over the full term.",
        synonyms: "contract value; total contract value; TCV; TCV signed; contract value signed; bookings; \
                   Vertragswert; Auftragseingang; valeur des contrats; valor de contratos",
        ..Metric::REPORTED
    },
    Metric {
        key: "contract_years",
        label: "Contract years signed",
        short_label: "Contract years",
        words: "Sum of the terms, in years, of the contracts signed in the month",
        typical: 5.0,
        pitfall: "Years, not months: a contract of 18 months counts 1.5.",
        synonyms: "contract years; contract term years; years signed; total contract years; Vertragsjahre",
        ..COUNT
    },
];
