"""What can keep a shop's webhooks from working, in plain words."""
# pylint: disable=prefer-env-translation; `_` is the given environment's `env._`


def webhook_texts(env):
    """What can keep a shop's webhooks from working."""
    _ = env._
    return {
        "webhooks_silent": (
            _("The shop's webhooks are silent: changes of kind “%(kind)s” come by the schedule"),
            _(
                "Nothing is lost, it only comes later. The webhooks look fine in the shop and were "
                "made anew, which is repeated once a day. Look in the shop under WooCommerce → "
                "Status → Scheduled Actions for “woocommerce_deliver_webhook_async”. Where these "
                "wait, the shop needs a real cron job for wp-cron.php. Where they fail, a firewall "
                "keeps the shop from this Odoo's address. This issue ends by itself with the next "
                "delivery."
            ),
        ),
        "webhooks_broken": (
            _("The shop's webhooks can't be repaired (%(reason)s)"),
            _(
                "Nothing is lost, changes come by the schedule. The key needs the right to read "
                "and write, and its user has to manage the shop: press “Check Connection”, correct "
                "what it names, then press “Check Webhooks”."
            ),
        ),
    }
