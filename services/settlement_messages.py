"""What can be wrong with a payout, or with the file that tells it, in plain words."""
# pylint: disable=prefer-env-translation; `_` is the given environment's `env._`


def settlement_texts(env):
    """``{code: (title, suggestion)}`` of payouts and of payout files."""
    return {**_payout_texts(env), **_file_texts(env), **_row_texts(env)}


def _payout_texts(env):
    _ = env._
    return {
        "settlement_unmatched": (
            _(
                "Payout %(payout)s: %(count)s of %(total)s lines are open "
                "(%(residual)s %(currency)s)"
            ),
            _(
                "%(lines)s\n\nThey wait on the suspense account of %(journal)s. Import the orders "
                "whose payments are missing, or correct the payments; the payout is matched again "
                "by itself when they come, or at once with “Match Again”. What has no payment can "
                "be reconciled by hand."
            ),
        ),
        "settlement_difference": (
            _("Payout %(payout)s: its lines make %(difference)s %(currency)s more than was paid"),
            _(
                "All lines are matched, but something is missing in the statement. Import it "
                "again when the gateway has corrected it, or import the rest of the file."
            ),
        ),
        "settlement_currency": (
            _(
                "Payout %(payout)s is in %(currency)s, the journal %(journal)s in "
                "%(journal_currency)s"
            ),
            _(
                "Choose a bank journal in %(currency)s. A file with several currencies needs a "
                "profile for each: let its currency column choose the rows."
            ),
        ),
        "settlement_account": (
            _("Payouts can't be booked in %(journal)s: no account for %(what)s"),
            _(
                "Choose the accounts on the payout profile “%(profile)s” (and the suspense "
                "account on the journal), then retry."
            ),
        ),
        "settlement_journal": (
            _("No journal is known for payouts of “%(gateway)s” (%(payout)s)"),
            _(
                "Add the payment method to a payout profile, and choose the journal there or in "
                "the mapping of payment methods, then retry."
            ),
        ),
        "settlement_gone": (
            _("The profile or journal of payout %(payout)s was deleted"),
            _("Import the file again."),
        ),
    }


def _file_texts(env):
    _ = env._
    return {
        "csv_empty": (_("The file is empty"), _("Download it again.")),
        "csv_encoding": (
            _("Line %(line)s can't be read as %(encoding)s"),
            _("Choose the file's encoding on the profile."),
        ),
        "csv_broken": (
            _("The row on line %(line)s is broken: %(message)s"),
            _("Check the delimiter on the profile, or download the file again."),
        ),
        "csv_no_header": (
            _("The file has no row %(row)s, where its titles should be"),
            _("Correct the row of the titles on the profile; 0 looks for it."),
        ),
        "csv_column_missing": (
            _("Line %(line)s: there is no column “%(column)s”"),
            _(
                "The file has: %(found)s. Choose the profile of this file, add the column to the "
                "download, or correct its title on the profile."
            ),
        ),
        "csv_column_twice": (
            _("Line %(line)s: there are two columns “%(column)s”"),
            _("Rename one of them in the file."),
        ),
        "csv_no_amount": (
            _("The profile has no column for amounts"),
            _("Add a column for the amount before or after fees to the profile."),
        ),
        "csv_row_length": (
            _("Line %(line)s has %(cells)s cells, the titles are %(columns)s"),
            _("A text with the delimiter in it may lack its quotes. Correct the line."),
        ),
    }


def _row_texts(env):
    _ = env._
    return {
        "csv_amount": (
            _("Line %(line)s, column %(column)s: “%(value)s” is no amount"),
            _("Check “Decimal Comma” on the profile, or correct the line."),
        ),
        "csv_decimals": (
            _("Line %(line)s, column %(column)s: “%(value)s” is finer than %(currency)s"),
            _(
                "The currency has %(digits)s decimals. Check “Decimal Comma” and “Amounts in "
                "Cents” on the profile."
            ),
        ),
        "csv_date": (
            _("Line %(line)s, column %(column)s: “%(value)s” is no date"),
            _("Correct the date format on the profile, or the line."),
        ),
        "csv_word": (
            _("Line %(line)s, column %(column)s: what “%(value)s” means is not known"),
            _("Add the word to the profile, then import the file again."),
        ),
        "csv_net": (
            _(
                "Line %(line)s, column %(column)s: %(gross)s and a fee of %(fee)s do not make "
                "%(value)s"
            ),
            _("Check the signs of amount and fee on the profile."),
        ),
        "csv_id_twice": (
            _("Line %(line)s: the ID “%(value)s” stands on line %(other)s already"),
            _("Add a column to the unique ID on the profile, such as the kind of movement."),
        ),
        "csv_currencies": (
            _("Line %(line)s: payout %(payout)s is in %(currency)s and in %(value)s"),
            _("Let the currency column choose the rows (“Take Only”), one profile per currency."),
        ),
    }
