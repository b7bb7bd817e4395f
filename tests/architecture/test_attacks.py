"""Attacks this service is built against, each with the tests that prove it holds.

Whoever removes or renames such a test says here what takes its place. An attack on what does not
exist yet stands here with the reason, so that it is not forgotten when that comes.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Attack:
    """One threat: the tests that prove it is met, or why there are none yet."""

    threat: str
    tests: tuple[str, ...] = ()
    """``file::test`` below the folder of tests."""
    not_yet: str | None = None


TABLE = (
    Attack(
        "enumeration of codes in a row",
        (
            "api/access/test_attacks.py::test_unknown_and_not_public_look_the_same",
            "api/auth/test_fair_use.py::test_unknown_and_not_public_are_the_same_answer",
            "api/auth/test_fair_use.py::test_misses_asked_at_once_are_no_more_than_one_by_one",
            "api/registry/test_lookup.py::test_a_walk_through_codes_is_stopped",
            "api/registry/test_assign.py::test_neighbours_get_unrelated_codes",
            "unit/auth/test_limits.py::test_a_day_of_misses_ends_before_a_ward_is_walked",
            (
                "unit/auth/test_limits.py::"
                "test_many_addresses_that_miss_are_held_and_who_missed_nothing_is_not"
            ),
            "unit/auth/test_limits.py::test_a_key_that_walks_is_held",
            "db/auth/test_shared_limits.py::test_misses_of_two_workers_are_one_budget",
        ),
    ),
    Attack(
        "scraping by map or list",
        (
            "unit/auth/test_limits.py::test_a_key_has_a_quota_of_the_day_in_vietnam",
            "api/auth/test_fair_use.py::test_every_route_is_of_a_class",
            "api/registry/test_lookup.py::test_lists_and_history_need_a_key",
            "api/registry/test_lookup.py::test_bad_boxes_are_refused",
        ),
    ),
    Attack(
        "leak of the head of a household",
        (
            "api/access/test_canaries.py::test_nothing_private_comes_out",
            "api/access/test_dump.py::test_nothing_in_a_dump_opens_a_door_or_names_a_person",
            (
                "api/events/test_no_personal_data.py::"
                "test_no_event_of_any_way_to_write_holds_what_people_wrote"
            ),
            "api/personal/test_reading.py::test_reading_needs_a_purpose_a_scope_and_the_area",
            "api/test_nothing_typed_in_logs.py::test_the_running_service",
            "db/personal/test_sealing.py::test_plain_rows_are_sealed_and_gone_from_dump_and_file",
            "db/registry/bulk/test_formats.py::test_export_holds_no_people_and_no_secrets",
        ),
    ),
    Attack(
        "another's object, another's district",
        (
            "api/access/test_access.py::test_every_route_stands_in_the_table",
            "api/access/test_access.py::test_everybody_gets_what_the_table_says",
            "api/access/test_attacks.py::test_in_the_wrong_district_nothing_is_changed",
            "api/access/test_attacks.py::test_an_address_neither_leaves_nor_enters_ones_area",
            "db/personal/test_rows.py::test_reading_writing_and_erasing_end_at_the_area",
            "db/personal/test_rows.py::test_not_even_for_the_owner_of_the_tables",
        ),
    ),
    Attack(
        "rights of one request in the next of the pool",
        (
            "db/personal/test_rows.py::test_two_principals_in_a_small_pool_never_cross",
            "db/personal/test_rows.py::test_what_nobody_opened_is_not_there",
            "db/test_roles.py::test_rows_are_open_for_one_kind_some_communes_and_one_transaction",
            "db/test_roles.py::test_the_writer_changes_rows_never_the_log_nor_the_schema",
        ),
    ),
    Attack(
        "mass assignment",
        ("api/access/test_canaries.py::test_nobody_writes_what_the_database_keeps_for_itself",),
    ),
    Attack(
        "theft of a device",  # what it still holds to send comes with collection in the field
        (
            "api/access/test_keys.py::test_a_device_is_limited_and_told_to_erase_what_it_holds",
            "api/access/test_keys.py::test_a_device_ends_by_itself",
        ),
    ),
    Attack("false positions, lazy capture", not_yet="comes with collection in the field"),
    Attack(
        "forged plates and QR codes",
        (
            "unit/certificates/test_signing.py::test_any_byte_changed_is_refused",
            "unit/certificates/test_signing.py::test_only_keys_that_are_trusted_verify",
            "web/test_certificate_pages.py::test_a_certificate_is_had_and_verified_without_scripts",
            "web/test_certificate_pages.py::test_plates_and_cards_scan_as_they_are_drawn",
        ),
    ),
    Attack(
        "formulas in spreadsheets",
        (
            "unit/registry/bulk/test_formula.py::test_no_cell_of_a_csv_file_begins_like_a_formula",
            "unit/registry/bulk/test_formula.py::test_no_cell_of_a_spreadsheet_is_a_formula",
            (
                "unit/registry/bulk/test_rejects.py::"
                "test_names_of_columns_are_disarmed_in_what_is_handed_back"
            ),
            (
                "unit/tabular/test_writing.py::"
                "test_formulas_are_disarmed_in_csv_and_xlsx_and_exact_elsewhere"
            ),
            "db/registry/bulk/test_formats.py::test_no_exported_cell_is_a_formula",
            "db/registry/bulk/test_formats.py::test_spreadsheet_formulas_dates_and_numbers",
            (
                "unit/admin_units/test_lists.py::"
                "test_rejected_rows_come_back_as_they_were_and_no_cell_is_a_formula"
            ),
            "cli/audit/test_audit.py::test_the_log_is_listed_as_lines_and_as_csv",
        ),
    ),
    Attack(
        "archives and packages that swell",
        (
            "unit/tabular/test_hostile_files.py::test_a_spreadsheet_that_swells_is_refused",
            ("unit/tabular/test_hostile_files.py::test_sizes_that_lie_and_parts_under_other_names"),
            "unit/tabular/test_hostile_files.py::test_entries_that_share_their_bytes",
            (
                "unit/tabular/test_parquet_reading.py::"
                "test_a_page_that_swells_is_found_before_it_is_unpacked"
            ),
            "unit/tabular/test_parquet_reading.py::test_any_damage_is_refused_in_words",
            "unit/tabular/test_hostile_files.py::test_a_geopackage_that_computes_is_refused",
            (
                "unit/tabular/test_hostile_files.py::"
                "test_triggers_of_a_geopackage_are_not_run_by_reading"
            ),
            "db/registry/bulk/test_formats.py::test_zip_bomb_and_damaged_spreadsheet",
            "db/registry/bulk/test_formats.py::test_entities_in_spreadsheet_xml_are_refused",
        ),
    ),
    Attack(
        "files that make GDAL go elsewhere",
        (
            "unit/tabular/test_geojson_reading.py::test_no_file_makes_the_network_be_asked",
            "db/registry/bulk/test_formats.py::test_vrt_under_another_name_opens_nothing",
            (
                "unit/admin_units/test_boundary_file.py::"
                "test_what_only_claims_to_be_a_format_never_reaches_gdal"
            ),
        ),
    ),
    Attack(
        "shapes that bring the database down",
        (
            "api/test_hostile_geometry.py::test_questions_about_no_place_are_refused",
            (
                "api/test_hostile_geometry.py::"
                "test_commands_about_no_place_are_refused_and_nothing_is_written"
            ),
            (
                "api/test_hostile_geometry.py::"
                "test_boundaries_that_are_no_areas_are_named_and_none_is_kept"
            ),
            "unit/geo/test_geometry.py::test_out_of_range_is_told_before_anything_else",
            "unit/geo/test_geometry.py::test_a_hostile_star_is_refused_fast",
            "db/registry/bulk/test_formats.py::test_bad_rows_of_one_file",
        ),
    ),
    Attack(
        "scripts in names",
        (
            "web/test_every_page.py::test_every_page_is_looked_at",
            "web/test_every_page.py::test_every_page_is_for_everybody",
            "web/test_every_page.py::test_addresses_show_sixty_payloads_as_text",
            "web/test_every_page.py::test_no_payload_comes_back_as_markup",
            "web/test_every_page.py::test_papers_and_tables_hold_payloads_as_text",
            "web/test_every_page.py::test_the_trap_springs",
            "web/test_pages.py::test_names_are_never_run",
            "api/web/test_headers_and_assets.py::test_every_page_is_locked_down",
            "unit/edge/test_middleware.py::test_no_value_begins_a_header_of_its_own",
        ),
    ),
    Attack(
        "answers that lead elsewhere, and paths that lead out",
        (
            "api/access/test_access.py::test_everybody_gets_what_the_table_says",
            "api/web/test_headers_and_assets.py::test_no_path_leads_out_of_a_folder",
            "api/web/test_headers_and_assets.py::test_nothing_leads_to_another_host",
            "api/web/test_headers_and_assets.py::test_a_slash_too_many_leads_on_within_this_host",
            "api/web/test_headers_and_assets.py::test_refusals_are_locked_down_too",
            "unit/edge/test_middleware.py::test_no_value_begins_a_header_of_its_own",
        ),
    ),
    Attack(
        "receivers of events that lead inside",
        (
            "unit/webhooks/test_targets.py::test_no_way_of_writing_loopback_is_connected_to",
            (
                "unit/webhooks/test_targets.py::"
                "test_dns_whose_answer_changes_between_check_and_connection"
            ),
            "unit/webhooks/test_targets.py::test_dns_with_one_good_and_one_bad_address",
            "unit/webhooks/test_targets.py::test_redirect_to_the_metadata_of_a_cloud_is_a_failure",
            "unit/webhooks/test_targets.py::test_special_addresses_are_not_public",
            "unit/webhooks/test_tls.py::test_an_answer_without_end_is_not_read_to_its_end",
            "unit/webhooks/test_tls.py::test_an_answer_that_drips_is_given_up",
        ),
    ),
    Attack(
        "SQL by way of CQL2 filters",
        (
            "unit/ogc/test_cql_telling.py::test_what_is_refused",
            "unit/ogc/test_cql_telling.py::test_json_is_capped_before_it_is_read",
            "unit/ogc/test_cql_telling.py::test_nothing_crashes",
            "db/ogc/test_cql_cases.py::test_every_example_is_read_and_run_or_refused",
            "api/ogc/test_ogc_features.py::test_what_is_refused_says_so",
            "api/ogc/test_ogc_features.py::test_addresses_are_for_keys_within_their_areas",
        ),
    ),
    Attack(
        "texts that keep the reader busy",
        (
            "unit/parsing/test_growth.py::test_time_grows_with_the_length",
            "unit/parsing/test_growth.py::test_an_address_is_read_to_its_cap_and_no_further",
        ),
    ),
    Attack(
        "forged tokens of people",
        (
            "db/auth/test_oidc.py::test_a_forged_token_is_refused",
            "db/auth/test_oidc.py::test_a_token_changed_anywhere_is_refused_and_never_a_surprise",
            "db/auth/test_oidc.py::test_another_issuers_key_signs_for_itself_only",
            "api/access/test_oidc.py::test_bad_tokens_are_answered_alike_also_on_public_surfaces",
        ),
    ),
    Attack(
        "guessed and stolen keys",
        (
            "api/access/test_dump.py::test_nothing_in_a_dump_opens_a_door_or_names_a_person",
            "api/access/test_keys.py::test_what_the_database_keeps_opens_nothing",
            "api/access/test_attacks.py::test_nothing_near_a_key_opens",
            (
                "api/auth/test_fair_use.py::"
                "test_a_wrong_key_is_tried_a_few_times_and_a_good_one_beside_it_works"
            ),
            (
                "api/web/test_signing_in.py::"
                "test_brute_force_is_held_where_it_comes_from_and_nowhere_else"
            ),
        ),
    ),
    Attack(
        "a log somebody rewrote",
        (
            "db/events/test_verifying.py::test_an_updated_row_is_named",
            "db/events/test_verifying.py::test_a_deleted_row_is_named",
            "db/events/test_verifying.py::test_two_swapped_rows_are_named",
            "db/events/test_verifying.py::test_an_inserted_row_is_named",
            "db/events/test_verifying.py::test_a_cut_tail_is_named",
            (
                "db/events/test_verifying.py::"
                "test_a_history_chained_anew_shows_against_a_checkpoint_only"
            ),
            "db/test_roles.py::test_the_writer_changes_rows_never_the_log_nor_the_schema",
        ),
    ),
    Attack(
        "requests that dribble, flood and lie",
        (
            "api/test_hostile_clients.py::test_odd_requests_are_refused_quickly_in_flat_memory",
            (
                "api/test_hostile_clients.py::"
                "test_who_dribbles_is_left_and_others_are_served_meanwhile"
            ),
        ),
    ),
)


@cache
def names_in(file: str) -> frozenset[str]:
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return frozenset(
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    )


@pytest.mark.parametrize("attack", TABLE, ids=lambda attack: attack.threat)
def test_an_attack_is_met_by_tests_that_exist(attack: Attack) -> None:
    assert bool(attack.tests) != bool(attack.not_yet)
    for name in attack.tests:
        file, _, test = name.partition("::")
        assert (TESTS / file).is_file(), file
        assert test in names_in(file), name


def test_every_attack_of_the_threat_model_has_one_row() -> None:
    """The threat model has twenty-two; those of what does not exist yet are counted too."""
    threats = [attack.threat for attack in TABLE]
    assert len(threats) == len(set(threats)) == 22
    assert sum(attack.not_yet is not None for attack in TABLE) == 1
