using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace TlsProxy.Proxy.Tests.Upstream.Contract;

/// <summary>Runs a test against each implementation of an origin with TLS, which is its first argument, with these further arguments.
/// </summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class TlsKindAttribute(params object?[] arguments) : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>(
            [.. Enum.GetValues<OriginKind>().Where(TlsOrigin.IsTls).Select(kind => new TheoryDataRow([kind, .. arguments]))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
