"""The geometry of small charts."""

import pytest

from guanxi.ui.charts import (
    circle_layout,
    heat_level,
    pyramid_wedges,
    share_at,
    spark,
    thin,
    ticks,
    whale_chart,
    whale_charts,
)

CURVE = [(0.2, 0.8), (0.5, 1.1), (0.8, 1.2), (1.0, 1.0)]


def test_a_sparkline_runs_from_edge_to_edge_between_its_lowest_and_highest_value() -> None:
    assert spark([1, 3, 2], 60, 24).line == "M0.0 22.0 L30.0 2.0 L60.0 12.0"


def test_a_sparkline_of_equal_values_is_flat_and_one_value_draws_nothing() -> None:
    assert spark([5, 5], 60, 24).line == "M0.0 12.0 L60.0 12.0"
    assert spark([5]).line == ""


def test_ticks_are_round_and_cover_the_range() -> None:
    assert ticks(0, 1.178) == [0, 0.25, 0.5, 0.75, 1.0, 1.25]
    assert ticks(0, 97) == [0, 20, 40, 60, 80, 100]
    assert ticks(3, 3) == [3]


def test_the_whale_curve_turns_where_the_value_is_highest() -> None:
    drawn = whale_chart(CURVE)

    assert (drawn.peak_customers, drawn.peak_share) == (0.8, 1.2)
    assert drawn.head_share == pytest.approx(0.8)
    assert drawn.peak == (584.8, 38.8)
    assert (drawn.loss_x, drawn.loss_width) == (584.8, 135.2)
    assert drawn.rising.startswith("M44.0 442.0 L179.2 173.2")
    assert drawn.falling == "M584.8 38.8 L720.0 106.0"


def test_the_whale_curve_is_drawn_for_a_desk_a_wide_screen_and_a_phone_within_its_frame() -> None:
    drawings = whale_charts(CURVE)

    assert [(drawn.frame.name, drawn.frame.width, drawn.frame.height) for drawn in drawings] == [
        ("desk", 736, 480), ("wide", 1060, 480), ("phone", 360, 300),
    ]  # fmt: skip
    assert [drawn.end[0] for drawn in drawings] == [720.0, 1044.0, 344.0]
    assert {drawn.peak_customers for drawn in drawings} == {0.8}


def test_a_curve_without_loss_makers_has_no_falling_part() -> None:
    drawn = whale_chart([(0.5, 0.7), (1.0, 1.0)])
    assert (drawn.falling, drawn.loss_width) == ("", 0.0)


@pytest.mark.parametrize("points", [[], [(0.5, 0.7), (0.4, 1.0)]])
def test_points_that_do_not_rise_are_refused(points: list[tuple[float, float]]) -> None:
    with pytest.raises(ValueError, match="rise in their share of customers"):
        whale_chart(points)


def test_the_share_between_two_points_is_linear() -> None:
    assert share_at([(0.0, 0.0), (0.4, 0.8), (1.0, 1.0)], 0.1) == pytest.approx(0.2)


def test_thinning_keeps_the_ends_and_the_peak() -> None:
    points = [(step / 1000, 2.0 if step == 777 else step / 1000) for step in range(1, 1001)]
    kept = thin(points, 50)

    assert len(kept) <= 51
    assert kept[0] == points[0]
    assert kept[-1] == points[-1]
    assert (0.777, 2.0) in kept


def test_a_pyramid_widens_evenly_from_a_point() -> None:
    assert pyramid_wedges(2) == ["100,2 100,2 148,43 52,43", "52,1 148,1 196,43 4,43"]


def test_heat_levels_span_seven_steps_and_nothing_has_no_colour() -> None:
    assert [heat_level(value, 70) for value in (0, 1, 10, 11, 69, 70)] == [0, 1, 1, 2, 7, 7]


def test_a_small_graph_puts_the_first_in_the_middle_and_the_next_above() -> None:
    nodes = circle_layout([("a", "A"), ("b", "B"), ("c", "C")], 320, 200)
    assert (nodes[0].x, nodes[0].y, nodes[0].center) == (160, 100, True)
    assert (nodes[1].x, nodes[1].y) == (160.0, 30.0)


def test_one_neighbour_alone_stands_at_the_side() -> None:
    middle, other = circle_layout([("a", "A"), ("b", "B")], 320, 200)

    assert (middle.x, middle.y) == (160, 100)
    assert (other.x, other.y) == (276, 100)
