"""The role that somebody's groups give."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.members.group_roles import ORDER, role_of
from accounts.models import Role

ROLES = {"IT Admins": "admin", "Buyers": "assessor", "Board": "reader", "Odd": "emperor"}


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        (["Board", "IT Admins", "Buyers"], "admin"),
        (["  it   ADMINS "], "admin"),
        (["Board", "Buyers"], "assessor"),
        (["Nobody knows it"], ""),
        (["Odd"], ""),
        ([], ""),
    ],
)
def test_the_highest_role_of_all_groups_counts(groups, role):
    assert role_of(groups, ROLES) == role


def test_without_a_group_that_counts_it_is_the_role_for_all_others():
    assert role_of(["Odd"], ROLES, otherwise="reader") == "reader"
    assert role_of(["Board"], ROLES, otherwise="admin") == "reader"


@given(st.dictionaries(st.text(min_size=1), st.sampled_from(Role.values)), st.lists(st.text()))
def test_a_further_group_never_takes_a_role_away(roles, groups):
    one, more = role_of(groups, roles), role_of([*groups, *roles], roles)
    rank = [role.value for role in ORDER]
    assert not one or rank.index(more) <= rank.index(one)
