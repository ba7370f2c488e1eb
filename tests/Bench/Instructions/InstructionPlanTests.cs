using TlsProxy.Bench.Load;
using TlsProxy.Bench.Load.Instructions;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Tests.Instructions;

public sealed class InstructionPlanTests
{
    [Fact]
    public void Every_fixed_way_of_making_records_is_counted_and_the_choice_of_an_emulated_processor_is_not()
    {
        var groups = InstructionPlan.Groups(PlanTests.Options(kernelTls: true) with { Objects = Plan.Objects(quick: false) });

        Assert.Equal([1024, 16 * 1024, 100 * 1024, 1_345_292], groups.Select(group => group.Cells[0].Object.Bytes));
        Assert.All(groups, group => Assert.Equal(
            [Transport.Plaintext, Transport.Tls, Transport.KernelSend, Transport.KernelBoth], group.Cells.Select(cell => cell.Transport)));
    }

    [Fact]
    public void Only_chooses_objects_and_leaves_out_what_has_no_cell()
    {
        var options = PlanTests.Options(kernelTls: true);

        Assert.Equal(
            [1024], InstructionPlan.Groups(options with { Only = "1,024" }).Select(group => group.Cells[0].Object.Bytes));
        Assert.Empty(InstructionPlan.Groups(options with { Only = "TLS auto" }));
    }

    [Fact]
    public void A_server_of_several_configurations_and_one_that_is_compiled_on_the_way_are_more_work()
    {
        var cell = new Cell(Transport.Tls, new Payload(1024), 4);
        var one = new Candidate("one", 1, "http://127.0.0.1/");
        var window = InstructionPlan.OfWindow(cell);

        Assert.Equal(0, InstructionPlan.Work(cell, []));
        Assert.Equal(2 * window, InstructionPlan.Work(cell, [one]));
        Assert.Equal(5 * window, InstructionPlan.Work(cell, [one, one, one]));
        Assert.True(InstructionPlan.Work(cell, [one with { IsCompiledOnTheWay = true }]) > 4 * window);
    }

    [Fact]
    public void Progress_tells_the_share_that_is_done_and_the_figure()
    {
        var said = new List<string>();
        var cell = new Cell(Transport.Tls, new Payload(1024), 4);

        new InstructionProgress(planned: 200, said.Add).Add(50, "nginx", cell, 1234.56);

        Assert.Equal("bench: 25 % done; nginx, TLS, 1,024 B, 4 connections: 1,234.6 thousand instructions", Assert.Single(said));
    }
}
