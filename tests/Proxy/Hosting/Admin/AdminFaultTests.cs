namespace TlsProxy.Proxy.Tests.Hosting.Admin;

/// <summary>A fault in a callback of the admin address: one connection of an operator's ends, and the next is served.</summary>
public sealed class AdminFaultTests
{
    // The files of the scene's certificate are gone: a reload says so.
    private static readonly int[] s_answers = [200, 422];

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("Listener.Poll", 1)]
    [InlineData("Connection.Start", 1)]
    [InlineData("RecordChannel.ReceiveMultishot", 1)]
    [InlineData("RecordChannel.ReceiveMultishot", 2)]
    [InlineData("RecordChannel.SendMessage", 1)]
    [InlineData("RecordChannel.SendMessage", 2)]
    [InlineData("LaterAnswer.Run", 1)]
    [InlineData("LaterAnswer.Run", 2)]
    [InlineData("RecordChannel.Close", 1)]
    [InlineData("RecordChannel.Close", 2)]
    public async Task A_callback_that_throws_costs_one_connection(string point, int pass)
    {
        await using var scene = new AdminScene();
        Assert.Equal(s_answers, await scene.AskAsync());

        scene.Plan.Arm(pass, point);
        await scene.AskAsync();
        Assert.True(SpinWait.SpinUntil(() => scene.Faults.Count > 0, s_patience), $"{point} wasn't passed");

        Assert.Equal(s_answers, await scene.AskAsync());
        Assert.Equal(1, scene.Faults.Count);
    }
}
