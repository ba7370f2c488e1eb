using Xunit;

namespace TlsProxy.Testing.Cases;

/// <summary>Request heads by what becomes of them, from the grammar and the rules of RFC 9110 and RFC 9112: for the parser, and for whole
/// connections. Characters stand for bytes of Latin-1.</summary>
public static class RequestCases
{
    /// <summary>Section, head. A head that is taken, whole and as one.</summary>
    public static TheoryData<string, string> Accepted =>
        [.. RequestLineCases.Accepted, .. TargetCases.Accepted, .. HostCases.Accepted, .. FieldCases.Accepted, .. FramingCases.Accepted];

    /// <summary>Section, head, status, reason. A head that is refused as soon as it can't be mended.</summary>
    public static TheoryData<string, string, int, string> Refused =>
        [.. RequestLineCases.Refused, .. TargetCases.Refused, .. HostCases.Refused, .. FieldCases.Refused, .. FramingCases.Refused];
}
