using TlsProxy.Uring.Faults;

namespace TlsProxy.Uring.Tests.Faults;

public sealed class FaultLedgerTests
{
    [Fact]
    public void A_kind_is_told_once_and_each_fault_is_counted()
    {
        var told = new List<string>();
        var ledger = new FaultLedger((place, fault) => told.Add($"{place}: {fault.GetType().Name} {fault.StackTrace is not null}"));
        for (var i = 0; i < 3; i++)
        {
            ledger.Attempt("here", i, static _ => throw new InvalidOperationException("one"));
            ledger.Attempt("there", i, static _ => throw new InvalidOperationException("one"));
            ledger.Attempt("here", i, static _ => throw new FormatException("another"));
        }

        Assert.Equal(
            ["here: InvalidOperationException True", "there: InvalidOperationException True", "here: FormatException True"], told);
        Assert.Equal(9, ledger.Count);
    }

    [Fact]
    public void No_number_of_kinds_fills_a_log()
    {
        var told = 0;
        var ledger = new FaultLedger((_, _) => told++);
        for (var i = 0; i < 1000; i++)
            ledger.Note($"place {i}", new InvalidOperationException("one"));

        Assert.Equal(64, told);
        Assert.Equal(1000, ledger.Count);
    }

    [Fact]
    public void A_log_that_throws_is_counted_and_ends_nothing()
    {
        var ledger = new FaultLedger((_, _) => throw new IOException("The disk is full."));
        ledger.Note("here", new InvalidOperationException("one"));
        Assert.Equal(2, ledger.Count);
    }

    [Fact]
    public void A_ledger_that_passes_contains_nothing() =>
        Assert.Throws<FormatException>(() => FaultLedger.Passing.Attempt("here", 0, static _ => throw new FormatException()));
}
