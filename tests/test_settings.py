import pytest

from klumme.errors import SettingsError
from klumme.settings import Settings, load_settings


def test_without_a_file_the_defaults_hold(tmp_path):
    assert load_settings(tmp_path / "klumme.toml") == Settings()


def test_a_setting_in_the_file_overrides_its_default(tmp_path):
    path = tmp_path / "klumme.toml"
    path.write_text('[collect]\ndelay = 3\ncontact = "a@b.example"\n')
    assert load_settings(path).collect.delay == 3.0
    assert load_settings(path).collect.contact == "a@b.example"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[collect]\ndelai = 3", "Did you mean 'delay'?"),
        ("[colect]", "Did you mean 'collect'?"),
        ("[collect]\ndelay = 'long'", "must be of type float"),
        ("collect = 3", "must be a table"),
        ("[collect", "is not valid TOML"),
    ],
)
def test_a_wrong_settings_file_is_refused_with_the_way_out(tmp_path, text, expected):
    path = tmp_path / "klumme.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=r"klumme\.toml") as caught:
        load_settings(path)
    assert expected in str(caught.value)


def test_a_settings_file_that_is_not_utf_8_is_refused(tmp_path):
    path = tmp_path / "klumme.toml"
    path.write_bytes(b'contact = "\xe6"')
    with pytest.raises(SettingsError, match="UTF-8"):
        load_settings(path)
