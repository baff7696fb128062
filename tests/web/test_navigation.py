from service.accounts.permissions import Permission
from service.core.http.static import own_assets
from service.web.navigation import NAVIGATION


def test_entries_are_guarded_by_permissions_that_exist():
    assert {item.permission for item in NAVIGATION} <= {
        permission.value for permission in Permission
    }


def test_entries_have_their_own_key_and_address():
    assert len({item.key for item in NAVIGATION}) == len(NAVIGATION)
    assert len({item.href for item in NAVIGATION}) == len(NAVIGATION)


def test_entries_have_a_picture():
    icons = own_assets().find("icons.svg")
    assert icons is not None
    for item in NAVIGATION:
        assert f'id="{item.icon}"'.encode() in icons.body
