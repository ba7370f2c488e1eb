using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

public sealed class RankedLocksTests
{
    [Theory]
    [InlineData("lock (_gate) { }", 1)]
    [InlineData("using (_gate.EnterScope()) { }", 1)]
    [InlineData("nodes.Gate.Enter();", 1)]
    [InlineData("if (gate.TryEnter()) { }", 1)]
    [InlineData("using (_gate.Enter(LockRank.Body)) { }", 0)]
    [InlineData("using var hold = nodes.Enter();", 0)]
    public void A_lock_of_these_rooms_is_taken_by_its_rank(string statement, int breaches)
    {
        foreach (var room in new[] { "Fetching", "Cache/Store", "Responses" })
            Assert.Equal(breaches, Find($"src/Proxy/{room}/A.cs", statement));
        Assert.Equal(0, Find("src/Proxy/Telemetry/A.cs", statement));
    }

    private static int Find(string path, string statement) =>
        new RankedLocks().Find(new SourceFile(path, $"class A {{ void F() {{ {statement} }} }}")).Count();
}
