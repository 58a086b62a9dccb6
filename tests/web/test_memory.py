"""What was made once is made again when its files have changed, and the slow things wait out a burst of labels."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

from klumme.web.memory import Memory, State, stamp


def make_with(memory, state, thing, patience=0.0):
    return memory.recall("tal", state, lambda: thing, patience)


def test_a_thing_is_made_once_while_nothing_changes():
    memory, state = Memory(), State((("a", 1, 1),), ())
    assert make_with(memory, state, "første") == make_with(memory, state, "anden") == "første"


def test_new_labels_make_it_anew_and_patience_lets_it_be():
    memory, before, after = Memory(), State((), (("l", 1, 1),)), State((), (("l", 2, 2),))
    assert make_with(memory, before, "første") == "første"
    assert make_with(memory, after, "anden", patience=1e12) == "første"
    assert make_with(memory, after, "anden") == "anden"


def test_a_changed_ground_makes_it_anew_however_patient():
    memory = Memory()
    make_with(memory, State((("t", 1, 1),), ()), "første")
    assert make_with(memory, State((("t", 2, 1),), ()), "anden", patience=1e12) == "anden"


def test_of_many_who_ask_at_once_one_makes_it():
    memory, made, may_end = Memory(), [], Event()

    def make():
        made.append(1)
        may_end.wait(5)
        return "ting"

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(memory.recall, "tal", State((), ()), make) for _ in range(4)]
        may_end.set()
        assert [one.result() for one in asked] == ["ting"] * 4
    assert made == [1]


def test_a_stamp_changes_with_its_files(tmp_path):
    file = tmp_path / "a.jsonl"
    before = stamp([file])
    file.write_text("a")
    assert before != stamp([file])
    one = stamp([file])
    file.write_text("ab")
    assert stamp([file]) != one
