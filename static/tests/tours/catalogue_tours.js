import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// starts on a matching that was read: one product is matched, one has to be decided
tours.add("channel_matching", {
    steps: () => [
        {
            content: "Nothing is bound yet, and the screen says so",
            trigger: ".alert-warning:contains(Nothing is bound yet)",
        },
        {
            content: "Look at what has to be decided",
            trigger: "button[name=action_view_lines]:contains(To decide)",
            run: "click",
        },
        {
            content: "The line says why; choose a product",
            trigger: ".o_data_row:contains(Double):contains(choose one) td[name=product_id]",
            run: "click",
        },
        {
            content: "Type its name",
            trigger: ".o_selected_row .o_field_widget[name=product_id] input",
            run: "edit Right twin",
        },
        {
            content: "Take it",
            trigger: ".o-autocomplete--dropdown-item:contains(Right twin)",
            run: "click",
        },
        {
            content: "Save",
            trigger: ".o_list_button_save",
            run: "click",
        },
        {
            content: "It is matched now, by a person",
            trigger: ".o_data_row:contains(Double) .badge:contains(Matched)",
        },
        {
            content: "Back to the matching",
            trigger: ".o_back_button a",
            run: "click",
        },
        {
            content: "Apply",
            trigger: "button[name=action_apply]",
            run: "click",
        },
        {
            content: "The job works on it",
            trigger: ".o_statusbar_status button[aria-checked=true]:contains(Applying)",
        },
    ],
});

// starts on a dry run that was read
tours.add("channel_dry_run", {
    steps: () => [
        {
            content: "Nothing was written, and the screen says so",
            trigger: ".alert-warning:contains(Nothing was written)",
        },
        {
            content: "Look at what would change",
            trigger: "button[name=action_view_lines]:contains(Change)",
            run: "click",
        },
        {
            content: "From what is to what would be",
            trigger: ".o_data_row td[name=diff]:contains(Old name):contains(Product MUG)",
        },
        {
            content: "Open it",
            trigger: ".o_data_row td[name=name]:contains(Product MUG)",
            run: "click",
        },
        {
            content: "The whole difference",
            trigger: ".o_form_view .o_field_widget[name=diff] td.text-success:contains(Product MUG)",
        },
        {
            content: "Apply this one",
            trigger: ".o_statusbar_buttons button[name=action_apply]",
            run: "click",
        },
        {
            content: "It can't be applied twice",
            trigger: ".o_form_view:not(:has(.o_statusbar_buttons button[name=action_apply]))",
        },
    ],
});

// starts on a product whose stock was published
tours.add("channel_published_stock", {
    steps: () => [
        {
            content: "Open the page of the shops",
            trigger: ".o_notebook_headers .nav-link:contains(Channels)",
            run: "click",
        },
        {
            content: "The product is in a shop",
            trigger: ".o_field_widget[name=channel_binding_ids] .o_data_row",
        },
        {
            content: "What the shop was told of its stock",
            trigger:
                ".o_field_widget[name=channel_published_stock_ids] .o_data_row td[name=quantity]:contains(8)",
        },
        {
            content: "How it came about",
            trigger:
                ".o_field_widget[name=channel_published_stock_ids] td[name=explanation_text]:contains(Kept back)",
        },
        {
            content: "When",
            trigger:
                ".o_field_widget[name=channel_published_stock_ids] td[name=sent_at]:not(:empty)",
        },
        {
            content: "What the shop has answered",
            trigger:
                ".o_field_widget[name=channel_published_stock_ids] td[name=answer]:not(:empty)",
        },
    ],
});
