import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** Steps that read a figure, open it, count the rows of its list, and come back. */
function opensWhatItCounts(figure, trigger) {
    let counted;
    return [
        {
            content: `Open what ${figure} counts`,
            trigger: `.o_channel_dashboard ${trigger}`,
            run({ anchor }) {
                // of a flow's line the number that waits stands in brackets
                const text = anchor.textContent;
                counted = parseInt((text.match(/\((\d+)\)/) || [text, text])[1]);
                if (!(counted > 0)) {
                    throw new Error(`${figure} counts nothing: ${text}`);
                }
                anchor.click();
            },
        },
        {
            content: `The list has as many rows as ${figure} counts`,
            trigger: ".o_list_view .o_data_row",
            run() {
                const rows = document.querySelectorAll(".o_list_view .o_data_row").length;
                if (rows !== counted) {
                    throw new Error(`${figure} counts ${counted}, its list has ${rows} rows`);
                }
            },
        },
        {
            content: "Back to the dashboard",
            trigger: ".o_back_button, .breadcrumb-item:first-child a",
            run: "click",
        },
        {
            content: "The card is there again",
            trigger: ".o_channel_dashboard .o_kanban_record",
        },
    ];
}

const QUEUE = ["waiting", "stuck", "done", "skipped"];

// starts on the dashboard with one shop, each of whose figures counts a few rows
tours.add("channel_dashboard", {
    steps: () => [
        {
            content: "The app opens with the dashboard",
            trigger: ".o_channel_dashboard .o_kanban_record:contains(Shop)",
        },
        {
            content: "A late flow says so in words and colour",
            trigger: ".o_channel_flow:contains(Orders) .text-danger:contains(Late)",
        },
        ...opensWhatItCounts("orders today", "a[name=action_view_orders_today] .fs-3"),
        ...opensWhatItCounts("open issues", "a[name=action_view_open_issues] .fs-3"),
        ...opensWhatItCounts("variances", "a[name=action_view_open_variances] .fs-3"),
        ...opensWhatItCounts("waits of jobs", "a[name=action_view_waits] .o_channel_waits"),
        ...["in", "out"].flatMap((box) =>
            QUEUE.flatMap((name) => opensWhatItCounts(`${box} ${name}`, `td[name=${box}_${name}] a`))
        ),
        ...opensWhatItCounts("the order flow", ".o_channel_flow:contains(Orders) .small"),
        ...opensWhatItCounts("the stock flow", ".o_channel_flow:contains(Stock) .small"),
    ],
});

// starts on the empty dashboard
tours.add("channel_dashboard_empty", {
    steps: () => [
        {
            content: "It says what to do",
            trigger: ".o_nocontent_help:contains(Connect your first shop)",
        },
        {
            content: "Do it",
            trigger: ".o_nocontent_help a.btn:contains(Connect a Store)",
            run: "click",
        },
        {
            content: "The set-up begins",
            trigger: ".o_form_view .o_field_widget[name=base_url]",
        },
    ],
});

// starts on the dashboard; a manager switches the metrics on
tours.add("channel_metrics", {
    steps: () => [
        {
            content: "Open the configuration",
            trigger: "[data-menu-xmlid='channel_connector.menu_channel_configuration']",
            run: "click",
        },
        {
            content: "Open the metrics",
            trigger: "[data-menu-xmlid='channel_connector.menu_channel_metrics']",
            run: "click",
        },
        {
            content: "They are switched off",
            trigger: ".modal .alert:contains(Switched off)",
        },
        {
            content: "Make a token",
            trigger: ".modal button[name=action_new_token]:contains(New Token)",
            run: "click",
        },
        {
            content: "It is shown, and can be copied",
            trigger: ".modal .o_field_widget[name=token] button",
        },
        {
            content: "Close it",
            trigger: ".modal button:contains(Done)",
            run: "click",
        },
        {
            content: "It is gone",
            trigger: "body:not(:has(.modal))",
        },
    ],
});
