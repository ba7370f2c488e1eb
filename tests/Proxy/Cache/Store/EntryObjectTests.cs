using System.Runtime.CompilerServices;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Testing;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Cache.Store;

/// <summary>What an entry consists of, kind by kind: of each there are as many as entries.</summary>
public sealed class EntryObjectTests
{
    private object? _made;

    /// <param name="bytes">Bytes of the object with its header. A large cache has a million of each, so a new field costs its size a
    /// million times.</param>
    [Theory]
    [InlineData(typeof(CacheNode), 40)]
    [InlineData(typeof(CacheEntry), 120)]
    [InlineData(typeof(ResponseHead), 64)]
    [InlineData(typeof(Body), 80)]
    [InlineData(typeof(Segment), 48)]
    public void An_object_of_an_entry_takes_no_more_than(Type type, int bytes) =>
        Assert.Equal(bytes, Allocations.Least(() => _made = RuntimeHelpers.GetUninitializedObject(type)));

    [Fact]
    public void A_row_of_an_entry_takes_no_more_than_40_bytes() =>
        Assert.Equal(40_000, Allocations.Least(() => _made = new SlotRow[1001]) - Allocations.Least(() => _made = new SlotRow[1]));

    [Fact]
    public void A_node_of_one_entry_has_no_array()
    {
        using var scene = new CacheScene();
        var entry = scene.Entry("/a", "text", [], []);
        var node = new CacheNode("/a");

        Assert.Equal(0, Allocations.Least(() => node.Hold([entry], null)));
        entry.Response.Release();
    }
}
