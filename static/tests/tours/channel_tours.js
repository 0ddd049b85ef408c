import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// starts on a new backend's form, whose address and keys are entered
tours.add("channel_connect", {
    steps: () => [
        {
            content: "Nothing was checked yet",
            trigger: ".o_field_widget[name=check_result]:contains(Not checked yet)",
        },
        {
            content: "Going live comes after the check",
            trigger: ".o_form_view:not(:has(button[name=action_connect]))",
        },
        {
            content: "Check the connection",
            trigger: "button[name=action_check_connection]",
            run: "click",
        },
        {
            content: "The findings are listed, the good ones too",
            trigger: ".o_field_widget[name=finding_ids] .o_data_row .badge:contains(Fine)",
        },
        {
            content: "Each warning says what to do",
            trigger:
                ".o_field_widget[name=finding_ids] .o_data_row:has(.badge:contains(Warning))" +
                " td[name=suggestion]:contains(https://)",
        },
        {
            content: "The keys are not shown",
            trigger: ".o_field_widget[name=api_key] input:value()",
        },
        {
            content: "Go live",
            trigger: "button[name=action_connect]",
            run: "click",
        },
        {
            content: "It is connected",
            trigger: ".o_statusbar_status button[aria-checked=true]:contains(Connected)",
        },
        {
            content: "Look at the mappings",
            trigger: ".nav-link:contains(Mappings)",
            run: "click",
        },
        {
            content: "The shop's rates are there",
            trigger: ".o_field_widget[name=tax_map_ids] .o_data_row",
        },
    ],
});

tours.add("channel_event_retry", {
    steps: () => [
        {
            content: "Open the blocked event",
            trigger: ".o_data_row:has(.badge:contains(Blocked)) td[name=external_id]",
            run: "click",
        },
        {
            content: "Its reason is shown",
            trigger: ".alert-warning:contains(Product is not known)",
        },
        {
            content: "So is what the shop sent",
            trigger: ".o_field_widget[name=payload_text]:contains(jane@example.com)",
        },
        {
            content: "Retry",
            trigger: "button[name=action_retry]",
            run: "click",
        },
        {
            content: "It waits",
            trigger: ".o_statusbar_status button[aria-checked=true]:contains(Waiting)",
        },
    ],
});

tours.add("channel_issue_ignore", {
    steps: () => [
        {
            content: "Open the issue",
            trigger: ".o_data_row td[name=title]:contains(Product is not known)",
            run: "click",
        },
        {
            content: "Ignore it",
            trigger: ".o_statusbar_buttons button:contains(Ignore)",
            run: "click",
        },
        {
            content: "A reason is needed",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Test order of our agency",
        },
        {
            content: "Confirm",
            trigger: ".modal button[name=action_ignore]",
            run: "click",
        },
        {
            content: "The issue is closed and says why",
            trigger: ".o_field_widget[name=ignore_reason]:contains(Test order of our agency)",
        },
        {
            content: "It can be opened again",
            trigger: "button[name=action_reopen]",
        },
    ],
});

const openIssue = {
    content: "The issue about the edit is listed; open it",
    trigger: ".o_field_widget[name=channel_issue_ids] td[name=title]:contains(changed in the shop)",
    run: "click",
};

// starts on a sales order that was delivered, told to the shop, and edited there afterwards
tours.add("channel_order_tab", {
    steps: () => [
        {
            content: "Open the channel's tab",
            trigger: ".o_notebook_headers .nav-link:contains(Channel)",
            run: "click",
        },
        {
            content: "The shop's number leads to the shop",
            trigger: ".o_field_widget[name=channel_url] a[target=_blank]:contains(Open in shop)",
        },
        {
            content: "The order was completed by the delivery",
            trigger: ".o_field_widget[name=channel_status]:contains(completed)",
        },
        {
            content: "Shop and invoices are not equal",
            trigger: ".o_field_widget[name=channel_difference].text-danger",
        },
        {
            content: "The parcel is listed with its number",
            trigger: ".o_field_widget[name=channel_shipment_ids] td[name=tracking_number]:contains(323299)",
        },
        {
            content: "So is what the shop was told of it",
            trigger: ".o_field_widget[name=channel_note_ids] td[name=reason]:contains(tracking 323299)",
        },
        {
            content: "And when",
            trigger: ".o_field_widget[name=channel_note_ids] .o_data_row:has(.badge:contains(Sent)) td[name=done_at]:not(:empty)",
        },
        openIssue,
        {
            content: "It offers the choice",
            trigger: ".modal button[name=action_keep_odoo]",
        },
    ],
});

// both start on the issue about such an order
const compared = {
    content: "Both sides are shown, what differs is marked",
    trigger: ".o_field_widget[name=comparison] tr.table-warning:contains(Product MUG)",
};

tours.add("channel_issue_keep", {
    steps: () => [
        compared,
        {
            content: "Keep what Odoo has",
            trigger: ".o_statusbar_buttons button[name=action_keep_odoo]",
            run: "click",
        },
        {
            content: "Who decided is written down",
            trigger: ".o-mail-Message-body:contains(Odoo's version counts)",
        },
    ],
});

tours.add("channel_issue_accept", {
    steps: () => [
        compared,
        {
            content: "Take what the shop has",
            trigger: ".o_statusbar_buttons button[name=action_accept_shop]",
            run: "click",
        },
        {
            content: "It says what that means",
            trigger: ".modal:contains(expected back) .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "Who decided is written down",
            trigger: ".o-mail-Message-body:contains(The shop's version counts)",
        },
    ],
});

// starts on the list of issues: thirty orders wait for one tax rate
tours.add("channel_issue_fix_tax", {
    steps: () => [
        {
            content: "One row for all of them, with their number",
            trigger: ".o_data_row:has(td[name=waiting_count]:contains(30))",
        },
        {
            content: "Click 1: open it",
            trigger: ".o_data_row td[name=title]:contains(is not mapped yet)",
            run: "click",
        },
        {
            content: "It asks the one question",
            trigger: "div[name=fix] .o_field_widget[name=fix_question]:contains(Which tax of Odoo)",
        },
        {
            content: "Click 2: choose the tax",
            trigger: "div[name=fix] .o_field_widget[name=fix_tax_id] input",
            run: "click",
        },
        {
            content: "Click 3: this one",
            trigger: ".o-autocomplete--dropdown-item:contains(Belgian VAT)",
            run: "click",
        },
        {
            content: "Click 4: fix and retry",
            trigger: "div[name=fix] button[name=action_fix]",
            run: "click",
        },
        {
            content: "It says that they are tried again",
            trigger: ".o_notification:contains(30)",
        },
        {
            content: "And who did what",
            trigger: ".o-mail-Message-body:contains(Corrected)",
        },
    ],
});

// starts on an issue about an order that can't be read
tours.add("channel_issue_correct_data", {
    steps: () => [
        {
            content: "Correct the data",
            trigger: "button[name=action_correct_payload]",
            run: "click",
        },
        {
            content: "The field that is wrong",
            trigger: ".modal .o_data_row:has(td[name=path]:contains(/^status$/)) td[name=text]",
            run: "click",
        },
        {
            content: "Its correct value",
            trigger: ".modal .o_data_row.o_selected_row td[name=text] input",
            run: "edit processing",
        },
        {
            content: "Correct and retry",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "The field that was corrected is written down",
            trigger: ".o-mail-Message-body:contains(corrected in a copy)",
        },
    ],
});
