import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const at = (step) => ({
    content: `The set-up stands at ${step}`,
    trigger: `.o_statusbar_status button[aria-checked=true]:contains(${step})`,
});

const press = (name, content) => ({
    content,
    trigger: `.o_form_view button[name=${name}]:visible`,
    run: "click",
});

const resume = {
    content: "Go on where it was left",
    trigger: ".o_kanban_record a:contains(Continue Set-Up)",
    run: "click",
};

// starts on the dashboard, with a draft whose set-up was left at the flows
tours.add("channel_setup_resume", {
    steps: () => [
        resume,
        at("Flows"),
        {
            content: "Let Odoo own the prices",
            trigger: ".o_field_widget[name=setup_prices] label:contains(price list)",
            run: "click",
        },
        press("action_setup_leave", "Leave; what was chosen is kept"),
        resume,
        at("Flows"),
        {
            content: "The choice is still there",
            trigger: ".o_field_widget[name=setup_prices] .o_radio_item:first:has(input:checked)",
        },
        press("action_setup_next", "Next"),
        at("Mappings"),
        {
            content: "What needs a decision is on top",
            trigger: ".o_field_widget[name=open_tax_ids] .o_data_row",
        },
        press("action_setup_create_taxes", "Let Odoo make the taxes"),
        {
            content: "Nothing is left to decide",
            trigger: "h1:contains(speak the same language):visible",
        },
        press("action_setup_leave", "Leave again"),
        resume,
        at("Mappings"),
    ],
});

// starts on a draft whose key and secret are in each other's field
tours.add("channel_setup_bad_keys", {
    steps: () => [
        at("Address"),
        press("action_setup_next", "Check the connection"),
        at("Check"),
        {
            content: "It says which field, and what to do",
            trigger:
                ".o_field_widget[name=finding_ids] .o_data_row:has(td[name=title]:contains(other's field))" +
                " td[name=suggestion]:contains(other way round)",
        },
        {
            content: "There is no way on",
            trigger: ".o_form_view:not(:has(button[name=action_setup_next]:visible))",
        },
        press("action_setup_back", "Back to the keys"),
        at("Address"),
    ],
});

// starts on a backend that went live a moment ago
const ORDERS = ".o_kanban_record:contains(Orders)";
const state = (text) => ({
    content: `The first import of orders is ${text}`,
    trigger: `${ORDERS}:has([name=first_state]:contains(${text}))`,
});
const pressOrders = (name, content) => ({
    content,
    trigger: `${ORDERS} a[name=${name}]`,
    run: "click",
});
tours.add("channel_first_import_pause", {
    steps: () => [
        { content: "It is live", trigger: "h1:contains(is live):visible" },
        state("Running"),
        pressOrders("action_pause", "Pause"),
        state("Paused"),
        pressOrders("action_resume", "Resume"),
        state("Running"),
    ],
});
