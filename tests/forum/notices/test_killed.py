"""Workers that die by SIGKILL or work side by side: nobody is mailed twice of the same."""

from datetime import timedelta
from itertools import count

import pytest

from anonymity.models import Rate
from forum.models import MailRound
from forum.notices import fanout
from forum.notices.mail import open_round, send_round
from forum.notices.rounds import LEASE
from tests import make
from tests.make import NOW
from tests.processes import die_at, in_a_process_of_its_own, was_killed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def members(mia, request):
    accounts = [make.account() for _ in range(request.param)]
    for number, account in enumerate(accounts):
        make.thread("published", author=account, anonymous=bool(number % 2), by=mia, now=NOW)
    fanout.tell_all()
    open_round(NOW)
    return accounts


@pytest.mark.parametrize("members", [2], indirect=True)
def test_a_kill_at_any_step_mails_nobody_twice_and_leaves_out_one_at_most(post_office, members):
    fresh = MailRound.objects.values().get()
    left_out = 0
    for step in count(1):
        MailRound.objects.filter(pk=1).update(**fresh)
        Rate.objects.all().delete()
        post_office.mails.clear()

        def send_and_die(step: int = step) -> None:
            die_at(step)
            send_round(lambda: NOW)

        if not was_killed(in_a_process_of_its_own(send_and_die)):
            break
        send_round(lambda: NOW + LEASE)
        got = [len(post_office.to(account)) for account in members]
        assert max(got) == 1
        assert sum(got) >= len(members) - 1
        left_out += len(members) - sum(got)
        assert not send_round(lambda: NOW + 2 * LEASE)
    assert step > 20
    assert left_out  # the vault's note is there before the server has the mail


@pytest.mark.parametrize("members", [12], indirect=True)
def test_of_two_workers_one_sends_the_round(post_office, members):
    pids = [in_a_process_of_its_own(lambda: send_round(lambda: NOW + timedelta(minutes=1))) for _ in range(2)]
    assert [was_killed(pid) for pid in pids] == [False, False]
    assert sorted(mail["To"] for mail in post_office.mails) == sorted(account.email for account in members)
