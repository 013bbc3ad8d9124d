# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Enumerate, Pull and Release: pages, contexts, modes, the quota."""

from __future__ import annotations

import pytest
from lab.quirks import Quirks
from unit.lab.wire.fake_host import FakeHost, Recorder
from unit.lab.wire.soap import Answer, Soap

WMI = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/"
ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/"
WQL = "http://schemas.microsoft.com/wbem/wsman/1/WQL"
ALL = "select * from Win32_Service"


def enumerate_(
    soap: Soap, query: str = ALL, uri: str = f"{WMI}*", extra: str = "", dialect: str = WQL, **selectors: str
) -> Answer:
    criterion = f'<w:Filter Dialect="{dialect}">{query}</w:Filter>' if query else ""
    return soap.request(f"{ENUMERATION}Enumerate", uri, f"<n:Enumerate>{extra}{criterion}</n:Enumerate>", **selectors)


def pull(soap: Soap, context: str | None, maximum: int | None = None) -> Answer:
    limit = f"<n:MaxElements>{maximum}</n:MaxElements>" if maximum else ""
    body = f"<n:Pull><n:EnumerationContext>{context}</n:EnumerationContext>{limit}</n:Pull>"
    return soap.request(f"{ENUMERATION}Pull", f"{WMI}*", body)


def release(soap: Soap, context: str | None) -> Answer:
    body = f"<n:Release><n:EnumerationContext>{context}</n:EnumerationContext></n:Release>"
    return soap.request(f"{ENUMERATION}Release", f"{WMI}*", body)


def context_of(answer: Answer) -> str | None:
    return answer.text_of(".//n:EnumerationContext")


OPTIMIZED = "<w:OptimizeEnumeration/><w:MaxElements>32000</w:MaxElements>"


def test_an_optimized_enumeration_starts_with_one_item(soap: Soap) -> None:
    answer = enumerate_(soap, extra=OPTIMIZED)
    assert answer.count(".//n:EnumerateResponse/w:Items/*") == 1
    assert answer.count(".//w:EndOfSequence") == 0
    assert (context_of(answer) or "").startswith("uuid:")


class TestFullFirstPage:
    @pytest.fixture
    def host(self, host: FakeHost) -> FakeHost:
        host.quirks = Quirks(first_page="full")
        return host

    def test_an_optimized_enumeration_starts_with_a_page(self, soap: Soap) -> None:
        assert enumerate_(soap, extra="<w:OptimizeEnumeration/>").count(".//w:Items/*") == 1
        assert enumerate_(soap, extra="<w:OptimizeEnumeration/><w:MaxElements>7</w:MaxElements>").count(".//w:Items/*") == 7
        assert enumerate_(soap, extra=OPTIMIZED).count(".//w:Items/*") > 100


def test_a_single_item_ends_the_sequence_at_once(soap: Soap, host: FakeHost) -> None:
    host.wmi.services = dict([host.wmi.services.popitem()])
    answer = enumerate_(soap, extra=OPTIMIZED)
    assert context_of(answer) == ""
    assert (answer.count(".//w:Items/*"), answer.count(".//w:EndOfSequence")) == (1, 1)


def test_an_empty_result_has_no_items(soap: Soap, host: FakeHost) -> None:
    host.wmi.services.clear()
    answer = enumerate_(soap, extra=OPTIMIZED)
    assert context_of(answer) == ""
    assert (answer.count(".//w:Items"), answer.count(".//w:EndOfSequence")) == (0, 1)
    answer = pull(soap, context_of(enumerate_(soap)))
    assert (answer.count(".//n:Items"), answer.count(".//n:EndOfSequence")) == (0, 1)


class TestLastPageWhenAsked:
    @pytest.fixture
    def host(self, host: FakeHost) -> FakeHost:
        host.quirks = Quirks(last_page="asked")
        return host

    def test_the_end_takes_one_more_pull(self, soap: Soap) -> None:
        everything = pull(soap, context_of(enumerate_(soap)), 32000)
        while everything.count(".//n:Items/*"):
            assert (context_of(everything), everything.count(".//n:EndOfSequence")) != (None, 1)
            everything = pull(soap, context_of(everything), 32000)
        assert (context_of(everything), everything.count(".//n:Items"), everything.count(".//n:EndOfSequence")) == (None, 0, 1)

    def test_so_it_does_after_a_single_item(self, soap: Soap, host: FakeHost) -> None:
        host.wmi.services = dict([host.wmi.services.popitem()])
        first = enumerate_(soap, extra=OPTIMIZED)
        assert (first.count(".//w:Items/*"), first.count(".//w:EndOfSequence")) == (1, 0)
        last = pull(soap, context_of(first), 32000)
        assert (context_of(last), last.count(".//n:Items"), last.count(".//n:EndOfSequence")) == (None, 0, 1)

    def test_an_empty_result_ends_at_once(self, soap: Soap, host: FakeHost) -> None:
        host.wmi.services.clear()
        answer = enumerate_(soap, extra=OPTIMIZED)
        assert (context_of(answer), answer.count(".//w:EndOfSequence")) == ("", 1)

    def test_and_frees_its_place(self, soap: Soap) -> None:
        for _unused in range(20):
            context = context_of(enumerate_(soap))
            while context:
                context = context_of(pull(soap, context, 32000))


def test_without_max_elements_a_pull_brings_one_item(soap: Soap) -> None:
    answer = pull(soap, context_of(enumerate_(soap)))
    assert answer.count(".//n:PullResponse/n:Items/*") == 1


def test_each_context_is_good_for_one_pull(soap: Soap) -> None:
    first = context_of(enumerate_(soap))
    second = context_of(pull(soap, first, 5))
    assert second != first
    assert pull(soap, first, 5).fault == ("n:InvalidEnumerationContext", 2150858779)
    last = pull(soap, context_of(pull(soap, second, 150)), 32000)
    assert (last.count(".//n:Items/*"), last.count(".//n:EndOfSequence"), context_of(last)) == (45, 1, None)


def test_a_released_context_is_invalid(soap: Soap) -> None:
    context = context_of(enumerate_(soap))
    assert release(soap, context).status == 200
    assert pull(soap, context).fault == release(soap, context).fault == ("n:InvalidEnumerationContext", 2150858779)


def test_a_context_belongs_to_its_account(soap: Soap, host: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    context = context_of(enumerate_(soap))
    monkeypatch.setattr(host, "may_manage_remotely", lambda account: True)
    soap.session.auth = ("CORP\\guest", "S3cret pass")
    assert pull(soap, context).fault == ("n:InvalidEnumerationContext", 2150858779)


def test_a_page_fits_the_envelope_counted_in_utf_16(soap: Soap) -> None:
    headers = soap.headers(f"{ENUMERATION}Pull", f"{WMI}*")
    headers["MaxEnvelopeSize"] = '<w:MaxEnvelopeSize mustUnderstand="true">20000</w:MaxEnvelopeSize>'
    body = f"<n:Pull><n:EnumerationContext>{context_of(enumerate_(soap))}</n:EnumerationContext>"
    answer = soap.send(headers, f"{body}<n:MaxElements>32000</n:MaxElements></n:Pull>")
    one = len(enumerate_(soap, extra=OPTIMIZED).text) - len(enumerate_(soap).text)
    assert 10000 - 2 * one < len(answer.text) <= 10000


def test_the_service_itself_has_a_limit(soap: Soap) -> None:
    headers = soap.headers(f"{ENUMERATION}Pull", f"{WMI}*")
    headers["MaxEnvelopeSize"] = "<w:MaxEnvelopeSize>67108864</w:MaxEnvelopeSize>"
    body = f"<n:Pull><n:EnumerationContext>{context_of(enumerate_(soap))}</n:EnumerationContext>"
    answer = soap.send(headers, f"{body}<n:MaxElements>32000</n:MaxElements></n:Pull>")
    assert 250_000 < len(answer.text) <= 256_000


@pytest.mark.parametrize(("limit", "code"), [("153600", 2150858824), ("9000000", 2150858825)])
def test_one_instance_beyond_the_limit_is_a_fault(soap: Soap, host: FakeHost, limit: str, code: int) -> None:
    host.wmi.services.clear()
    host.wmi.add("Huge", "d" * 300_000)
    size = f"<w:MaxEnvelopeSize>{limit}</w:MaxEnvelopeSize>"
    headers = soap.headers(f"{ENUMERATION}Enumerate", f"{WMI}Win32_Service") | {"MaxEnvelopeSize": size}
    answer = soap.send(headers, f"<n:Enumerate>{OPTIMIZED}</n:Enumerate>")
    assert answer.fault == ("w:EncodingLimit", code)
    headers = soap.headers("http://schemas.xmlsoap.org/ws/2004/09/transfer/Get", f"{WMI}Win32_Service")
    selectors = '<w:SelectorSet><w:Selector Name="Name">Huge</w:Selector></w:SelectorSet>'
    assert soap.send(headers | {"MaxEnvelopeSize": size, "SelectorSet": selectors}).fault == ("w:EncodingLimit", code)


def test_sixteen_open_enumerations_are_one_too_many(soap: Soap, recorder: Recorder) -> None:
    contexts = [context_of(enumerate_(soap)) for _unused in range(15)]
    assert enumerate_(soap).fault == ("w:QuotaLimit", 2150859174)
    assert recorder.records[-1].fault == "w:QuotaLimit 2150859174"
    contexts[0] = context_of(pull(soap, contexts[0]))
    assert release(soap, contexts[0]).status == 200
    assert pull(soap, contexts[1], 32000).status == 200
    assert enumerate_(soap).status == 200
    assert enumerate_(soap).fault == ("w:QuotaLimit", 2150859174)


def test_a_finished_enumeration_frees_its_place(soap: Soap) -> None:
    for _unused in range(20):
        context = context_of(enumerate_(soap))
        while context:
            context = context_of(pull(soap, context, 32000))


def test_an_abandoned_enumeration_is_closed(soap: Soap, monkeypatch: pytest.MonkeyPatch) -> None:
    contexts = [context_of(enumerate_(soap)) for _unused in range(15)]
    monkeypatch.setattr("lab.wire.enumerations._TIMEOUT", -1.0)
    assert pull(soap, contexts[0]).fault == ("n:InvalidEnumerationContext", 2150858779)
    assert enumerate_(soap).status == 200


def test_instances_are_encoded_page_by_page(soap: Soap, host: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []
    query = host.wmi.query

    def watched(*arguments: object) -> object:
        result = query(*arguments)  # type: ignore[arg-type]
        watched_instances = (taken.append(str(instance["Name"])) or instance for instance in result.instances)  # type: ignore[func-returns-value]
        return type(result)(watched_instances, result.selected)

    monkeypatch.setattr(host.wmi, "query", watched)
    context = context_of(enumerate_(soap))
    assert len(taken) == 1
    pull(soap, context, 10)
    assert len(taken) == 11


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({"uri": f"{WMI}Win32_Service"}, ("a:DestinationUnreachable", 2150859003)),
        ({"query": ""}, ("n:CannotProcessFilter", 2150858831)),
        ({"query": "select * from None"}, ("n:CannotProcessFilter", 2150858778)),
        ({"query": "nonsense"}, ("n:CannotProcessFilter", 2150858778)),
        ({"dialect": "http://other"}, ("n:FilterDialectRequestedUnavailable", 2150858777)),
        ({"Name": "x"}, ("w:InvalidSelectors", 2150859016)),
        ({"query": "", "uri": f"{WMI}None"}, ("w:InternalError", 0x80041010)),
        ({"uri": f"{WMI}*".replace("cimv2", "none")}, ("w:InternalError", 0x8004100E)),
        ({"extra": "<w:EnumerationMode>Other</w:EnumerationMode>"}, ("w:UnsupportedFeature", 2150858886)),
        ({"extra": "<w:OptimizeEnumeration/><w:MaxElements>x</w:MaxElements>"}, None),
    ],
)
def test_what_cannot_be_enumerated(soap: Soap, arguments: dict[str, str], fault: tuple[str, int] | None) -> None:
    answer = enumerate_(soap, **arguments)
    if fault is None:
        assert answer.count(".//w:Items/*") == 1
    else:
        assert answer.fault == fault


def test_the_fault_of_a_query_quotes_it(soap: Soap) -> None:
    answer = enumerate_(soap, "select * from None")
    assert "<p:Operation>ExecQuery</p:Operation><p:ParameterInfo>select * from None</p:ParameterInfo>" in answer.text


def test_a_projection_comes_as_fragments(soap: Soap) -> None:
    answer = enumerate_(soap, "select Name from Win32_Service", extra=OPTIMIZED)
    assert answer.text_of(".//w:Items/w:XmlFragment/Name") == "Service000"


def test_the_modes_of_an_enumeration(soap: Soap) -> None:
    def first(mode: str) -> Answer:
        return enumerate_(soap, extra=f"{OPTIMIZED}<w:EnumerationMode>{mode}</w:EnumerationMode>")

    end_point = "a:EndpointReference/a:ReferenceParameters/w:SelectorSet/w:Selector"
    assert first("EnumerateEPR").text_of(f".//w:Items/{end_point}") == "Service000"
    both = first("EnumerateObjectAndEPR")
    assert both.text_of(f".//w:Items/w:Item/{end_point}") == "Service000"
    assert both.text_of(".//w:Items/w:Item/service:Win32_Service/service:Name") == "Service000"
