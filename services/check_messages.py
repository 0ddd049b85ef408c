"""What a connection check says, in plain words: code → (title, what to do)."""
# pylint: disable=prefer-env-translation; `_` is the given environment's `env._`


def access_texts(env):
    """What keeps us out of a shop: codes of checks and of jobs alike."""
    _ = env._
    keys = _("WooCommerce → Settings → Advanced → REST API")
    return {
        "bad_url": (
            _("The shop address can't be right"),
            _("Enter it as the browser shows it, e.g. https://shop.example, without /wp-json."),
        ),
        "unknown_host": (
            _("No server has this shop address"),
            _("Check the spelling; the name is not known to the Internet's directory."),
        ),
        "connection_refused": (
            _("The server of the shop refuses connections"),
            _("Check address and port. If the shop works in a browser, a firewall is in between."),
        ),
        "connect_timeout": (
            _("The server of the shop does not answer"),
            _("Check the address. If the shop works in a browser, a firewall is in between."),
        ),
        "read_timeout": (
            _("The shop took too long to answer"),
            _("Try again; if it stays like this the shop's server is overloaded."),
        ),
        "tls_failed": (
            _("The shop's HTTPS certificate is not valid"),
            _("Renew the certificate, or complete its chain, on the shop's server."),
        ),
        "redirected": (
            _("The shop address leads elsewhere, to %(target)s"),
            _("Enter that address as the shop address: a redirect loses what is written."),
        ),
        "not_json": (
            _("The shop answers with a web page instead of data"),
            _("It may be in maintenance, or a security plug-in asks visitors to prove something."),
        ),
        "no_rest_api": (
            _("There is no WooCommerce behind this address"),
            _(
                "Check the address, that the plug-in WooCommerce is active, and that "
                "Settings → Permalinks in WordPress is not set to “Plain”."
            ),
        ),
        "plain_permalinks": (
            _("WordPress uses plain permalinks, with which WooCommerce's keys never work"),
            _("In WordPress choose anything but “Plain” under Settings → Permalinks."),
        ),
        "key_not_recognised": (
            _("The shop does not recognise the key"),
            _(
                "Check the consumer key (%s). If it is right, the shop's server does not see that "
                "it is called by HTTPS (a proxy in front of it), or strips the Authorization "
                "header.",
                keys,
            ),
        ),
        "key_refused": (
            _("The shop refuses the key"),
            _(
                "Check consumer key and secret, and that the permission is “Read/Write” (%s).",
                keys,
            ),
        ),
        "rest_api_restricted": (
            _("A plug-in closes the shop's REST API"),
            _("Allow /wp-json/wc/ in the security plug-in that restricts the REST API."),
        ),
        "site_password": (
            _("The whole site asks for a password"),
            _("Exempt /wp-json/ from the server's password protection."),
        ),
        "user_lacks_rights": (
            _("The user of the key lacks rights in WooCommerce"),
            _("Make the key for a user with the role Shop Manager or Administrator (%s).", keys),
        ),
        "blocked_by_firewall": (
            _("A firewall in front of the shop blocks the call"),
            _("Allow this server's address in the shop's firewall or security plug-in."),
        ),
    }


def check_texts(env):
    """Everything a connection check can find."""
    return {**access_texts(env), **_key_texts(env), **_store_texts(env)}


def _key_texts(env):
    """Refusals that only a check can tell apart, because it tries other ways in."""
    _ = env._
    keys = _("WooCommerce → Settings → Advanced → REST API")
    return {
        "key_missing": (
            _("Consumer Key or Consumer Secret is missing"),
            _("Make a key in the shop (%s) and paste both values.", keys),
        ),
        "keys_swapped": (
            _("Consumer Key and Consumer Secret are in each other's field"),
            _("The key begins with ck_, the secret with cs_: enter them the other way round."),
        ),
        "not_a_key": (
            _("Consumer Key: this is none, it has to begin with ck_"),
            _("Copy it again, whole, from the page where the shop has made it (%s).", keys),
        ),
        "not_a_secret": (
            _("Consumer Secret: this is none, it has to begin with cs_"),
            _("Copy it again, whole; where the shop does not show it any more, make a new key."),
        ),
        "wrong_secret": (
            _("The consumer secret is wrong"),
            _("Enter it again; WooCommerce shows it only once, when the key is made (%s).", keys),
        ),
        "key_write_only": (
            _("The key may write but not read"),
            _("Set its permission to “Read/Write” (%s).", keys),
        ),
        "key_read_only": (
            _("The key may read but not write"),
            _("Set its permission to “Read/Write” (%s): webhooks need it.", keys),
        ),
        "key_reads_and_writes": (_("The key reads and writes"), ""),
        "authorization_stripped": (
            _("The shop's server strips the Authorization header"),
            _("Let the web server pass it to PHP (for Apache: CGIPassAuth On)."),
        ),
        "https_not_seen": (
            _("WordPress does not notice that it is called by HTTPS"),
            _("Let the proxy send X-Forwarded-Proto and WordPress's wp-config.php honour it."),
        ),
        "no_https": (
            _("The shop is called without encryption"),
            _("Use https:// for anything but a test shop on this machine."),
        ),
        "no_woocommerce": (
            _("WordPress is there, WooCommerce's REST API is not"),
            _("Activate the plug-in WooCommerce."),
        ),
        "other_address": (
            _("The shop calls itself %(home)s"),
            _("Enter that address as the shop address, so that nothing is redirected."),
        ),
        "clock_skew": (
            _("The clocks of shop and Odoo differ by %(seconds)s seconds"),
            _("Let both servers set their clocks by NTP: polls and signatures depend on it."),
        ),
    }


def _store_texts(env):
    """How the store is set up, and where that differs from Odoo."""
    _ = env._
    return {
        "version": (_("WooCommerce %(version)s"), ""),
        "version_unknown": (_("The shop does not tell WooCommerce's version"), ""),
        "version_too_old": (
            _("WooCommerce %(version)s is too old"),
            _("Update it; the oldest supported version is %(oldest)s."),
        ),
        "version_untested": (
            _("WooCommerce %(version)s is newer than what this addon was tested with"),
            _("It will most likely work. Watch the issues after going live."),
        ),
        "currency": (_("Currency %(currency)s with %(decimals)s decimals"), ""),
        "timezone": (_("Time zone %(timezone)s"), ""),
        "prices_include_tax": (_("Prices include tax"), ""),
        "prices_exclude_tax": (_("Prices exclude tax"), ""),
        "tax_rounded_per_line": (_("Tax is rounded per line"), ""),
        "tax_rounded_at_subtotal": (_("Tax is rounded on the subtotal"), ""),
        "taxes_off": (_("Taxes are switched off in the shop"), ""),
        "stock_off": (
            _("Stock management is switched off in the shop"),
            _("Switch it on under WooCommerce → Settings → Products → Inventory."),
        ),
        "orders_in_tables": (_("Orders are kept in tables of their own (HPOS)"), ""),
        "orders_in_posts": (
            _("Orders are kept as posts"),
            _("Supported. WooCommerce's high-performance order storage notes changes better."),
        ),
        "rounding_differs": (
            _("Shop and Odoo round taxes differently"),
            _(
                "Imported orders keep the shop's amounts to the cent anyway. For documents made "
                "in Odoo, the company's tax rounding method can be set to the shop's."
            ),
        ),
        "currency_inactive": (
            _("The shop's currency %(currency)s is not active in Odoo"),
            _("Activate it under Accounting → Configuration → Currencies."),
        ),
        "pricelist_currency": (
            _("The price list “%(pricelist)s” is not in the shop's currency, %(currency)s"),
            _("Choose price lists in that currency on the backend; prices can't be sent else."),
        ),
        "decimals_differ": (
            _("The shop uses %(store)s decimals, Odoo's currency %(odoo)s"),
            _(
                "Set the number of decimals in WooCommerce → Settings → General to that of the "
                "currency, else totals can't be represented exactly."
            ),
        ),
    }
