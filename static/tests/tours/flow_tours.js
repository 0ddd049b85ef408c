import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const ORDERS = ".o_data_row:has(td[name=kind]:contains(Orders))";

// starts on the list of flows
tours.add("channel_flow_pause", {
    steps: () => [
        {
            content: "Pause the orders in their row",
            trigger: `${ORDERS} button[name=action_pause]`,
            run: "click",
        },
        {
            content: "The row offers to resume; open it",
            trigger: `${ORDERS}:has(button[name=action_resume]) td[name=kind]`,
            run: "click",
        },
        {
            content: "The form says what a pause means",
            trigger: ".o_form_view .alert:contains(Paused):contains(are kept)",
        },
        {
            content: "Resume",
            trigger: ".o_statusbar_buttons button[name=action_resume]",
            run: "click",
        },
        {
            content: "It runs again",
            trigger: ".o_statusbar_buttons button[name=action_pause]",
        },
        {
            content: "Back to the list",
            trigger: ".o_back_button a",
            run: "click",
        },
        {
            content: "Nothing is paused",
            trigger: `.o_list_view:not(:has(button[name=action_resume]:visible)) ${ORDERS}`,
        },
    ],
});

// starts on a connected backend
tours.add("channel_gate_stop", {
    steps: () => [
        {
            content: "Open the page of limits",
            trigger: ".o_notebook .nav-link[name=limits]",
            run: "click",
        },
        {
            content: "Nothing holds calls back; stop them",
            trigger: ".o_form_view:has([name=gate_state] .badge:contains(Calls go out)) button[name=action_gate_stop]",
            run: "click",
        },
        {
            content: "Yes",
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "Everybody sees it",
            trigger: ".o_form_view .alert:contains(Calls to the shop are stopped)",
        },
        {
            content: "Let them go on",
            trigger: "button[name=action_gate_go]",
            run: "click",
        },
        {
            content: "Calls go out again",
            trigger: "[name=gate_state] .badge:contains(Calls go out)",
        },
    ],
});
