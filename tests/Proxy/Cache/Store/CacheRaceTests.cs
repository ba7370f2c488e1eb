namespace TlsProxy.Proxy.Tests.Cache.Store;

/// <summary>A cache that threads read and write at once.</summary>
public sealed class CacheRaceTests
{
    [Fact]
    public async Task Readers_and_writers_at_once_never_meet_a_body_that_has_gone()
    {
        using var scene = new CacheScene(bytes: 30_000, nodes: 5);
        scene.Store("/0", "0");
        using var end = new CancellationTokenSource();
        using var begun = new Barrier(4);
        var readers = Enumerable.Range(0, 2).Select(reader => Threaded(() => ReadUntil(scene, reader, begun, end.Token))).ToArray();
        await Task.WhenAll(Enumerable.Range(2, 2).Select(writer => Threaded(() => WriteAll(scene, writer, begun))));
        await end.CancelAsync();
        await Task.WhenAll(readers);
        Assert.InRange(scene.Cache.Bytes, 0, 30_000);
        Assert.InRange(scene.Cache.Count, 0, 5);
        Assert.Equal(scene.Cache.Count, scene.Pool.RentedSegments);
        scene.Cache.Clear();
        Assert.Equal((0, 0L), (scene.Cache.Count, scene.Cache.Bytes));
    }

    /// <summary>Runs on a thread of its own, whatever else the pool is busy with.</summary>
    private static Task Threaded(Action work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void ReadUntil(CacheScene scene, int seed, Barrier begun, CancellationToken end)
    {
        var random = new Random(seed);
        Assert.Equal("0", scene.Find("/0"));
        begun.SignalAndWait(CancellationToken.None);
        while (!end.IsCancellationRequested)
        {
            var target = $"/{random.Next(8)}";
            if (scene.Find(target) is { } text)
                Assert.Equal(new string(target[1], text.Length), text);
        }
    }

    private static void WriteAll(CacheScene scene, int seed, Barrier begun)
    {
        var random = new Random(seed);
        begun.SignalAndWait(CancellationToken.None);
        for (var i = 0; i < 3000; i++)
        {
            var target = $"/{random.Next(8)}";
            if (random.Next(10) == 0)
                scene.Cache.Remove(CacheScene.KeyOf(target));
            else if (random.Next(100) == 0)
                scene.Cache.Expire(scene.Begun + 100_000);
            else
                scene.Store(target, new string(target[1], random.Next(1, 9000)));
        }
    }
}
