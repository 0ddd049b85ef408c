"""What alerts say, in plain words: code → (title, what to do)."""
# pylint: disable=prefer-env-translation; `_` is the given environment's `env._`


def alert_texts(env):
    """Alerts of ``models/channel_alert.py``; they end by themselves."""
    _ = env._
    return {
        "lag_too_long": (
            _("%(flow)s: longer under way than its target of %(target)s s"),
            _(
                "Look at the shop's card on the dashboard. If the shop does not answer there is "
                "nothing to do: Odoo asks again by itself. Otherwise open the backend's jobs: one "
                "that runs for long holds up the others, and many that wait need more workers. "
                "Where the target is tighter than your business needs, change it on the flow."
            ),
        ),
        "silence": (
            _("Nothing has come from the shop for more than %(hours)s hours"),
            _(
                "Press “Sync Now” on the backend. If something comes, its webhooks do not work: "
                "press “Install Webhooks”. If the shop is just quiet at times, enter a longer "
                "time on the backend's page Alerts."
            ),
        ),
        "value_too_high": (
            _("Orders of more than %(limit)s wait for open issues"),
            _(
                "Sort the open issues by value at stake and solve the largest first: one mapping "
                "and one retry often free many orders."
            ),
        ),
    }
