import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const COLORS = { ok: "success", late: "danger fw-bold", paused: "warning", off: "muted" };

/** One line per flow of a backend: how far it is behind; a click opens what waits. */
export class FlowFigures extends Component {
    static template = "channel_connector.FlowFigures";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    flows(direction) {
        const flows = this.props.record.data[this.props.name] || [];
        return flows.filter((flow) => flow.direction === direction);
    }

    color(flow) {
        return COLORS[flow.state];
    }

    open(flow) {
        this.action.doActionButton({
            type: "object",
            name: "action_view_waiting",
            resModel: "channel.flow",
            resId: flow.id,
            resIds: [flow.id],
        });
    }
}

registry.category("fields").add("channel_flow_figures", {
    component: FlowFigures,
    supportedTypes: ["json"],
});
