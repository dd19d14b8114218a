namespace Nabla.Tests.Engine;

public sealed partial class EngineScenarioTests
{
    private static double[] Numbers(IEnumerable<Tensor?> gradients) => [.. gradients.SelectMany(gradient => gradient!.ToArray<double>())];

    private static Rule Two() => new((_, v) => [v[0] * 2, v[0] * 3], (_, g) => [(g[0] * 2) + (g[1] * 3)]);

    private static Tensor Remember(List<double> log, Tensor x)
    {
        log.Add(x.Item());
        return x;
    }

    /// <summary>The programs about hooks of all kinds, saved values and inference mode.</summary>
    private static object?[] RunWithHooks(string id)
    {
        switch (id)
        {
            case "hook before an in-place operation":
            {
                var log = new List<double>();
                Tensor x = Leaf(2.0), y = x * 3;
                y.RegisterHook(g => { log.Add(g.Item()); return null; });
                y.MulInPlace(5);
                (y * 7).Backward();
                return [log.ToArray(), x.Grad];
            }
            case "hook after an in-place operation":
            {
                var log = new List<double>();
                Tensor x = Leaf(2.0), y = x * 3;
                y.MulInPlace(5);
                y.RegisterHook(g => { log.Add(g.Item()); return null; });
                (y * 7).Backward();
                return [log.ToArray(), x.Grad];
            }
            case "retain grad before an in-place operation":
            {
                Tensor x = Leaf(2.0), y = x * 3;
                y.RetainGrad();
                y.MulInPlace(5);
                (y * 7).Backward();
                return [y.Grad, x.Grad, y.RetainsGrad];
            }
            case "retain grad of a view of a changed base":
            {
                Tensor x = Leaf(1, 2), v = x * 1, w = First(v, 1);
                w.RetainGrad();
                v.MulInPlace(3);
                (w * 5).Sum().Backward();
                return [w.Grad, x.Grad];
            }
            case "retain grad twice":
            {
                Tensor x = Leaf(3.0), y = x * 2;
                y.RetainGrad();
                (y * y).Backward(retainGraph: true);
                Tensor first = y.Grad!;
                (y * y).Backward();
                return [first, y.Grad];
            }
            case "hook removed by a hook":
            {
                var log = new List<double>();
                IDisposable? later = null;
                Tensor x = Leaf(2.0), y = x * x;
                y.RegisterHook(g => { log.Add(1); later!.Dispose(); return null; });
                later = y.RegisterHook(g => { log.Add(2); return null; });
                y.Backward(retainGraph: true);
                y.Backward();
                return [log.ToArray()];
            }
            case "hook with create graph":
            {
                Tensor x = Leaf(2.0), y = x * x;
                y.RegisterHook(g => g * x);
                Tensor g = Autograd.Grad(y, x, createGraph: true);
                return [g, Autograd.Grad(g, x)];
            }
            case "hook that changes the shape":
            {
                Tensor y = Leaf(2.0) * 3;
                y.RegisterHook(_ => Plain(1, 1));
                y.Backward();
                return [];
            }
            case "node hook":
            {
                var log = new List<double>();
                Tensor x = Leaf(2.0), y = Leaf(3.0), z = x * y;
                z.GradFn!.RegisterHook((inputs, outputs) => { log.AddRange(Numbers(inputs)); log.AddRange(Numbers(outputs)); return null; });
                z.GradFn.RegisterHook((inputs, _) => [inputs[0]! * 10, inputs[1]]);
                z.Backward();
                return [log.ToArray(), x.Grad, y.Grad];
            }
            case "node hook removed":
            {
                Tensor x = Leaf(2.0), z = x * 5;
                z.GradFn!.RegisterHook((inputs, _) => [inputs[0]! * 10, null]).Dispose();
                z.Backward();
                return [x.Grad];
            }
            case "node hook after a broadcast":
            {
                double[] log = [];
                Tensor x = Leaf(1, 2), y = Leaf(3.0), z = x * y;
                z.GradFn!.RegisterHook((inputs, _) => { log = Numbers(inputs); return null; });
                z.Sum().Backward();
                return [log];
            }
            case "node hook without an input gradient":
            {
                bool[] log = [];
                Tensor z = Leaf(1, 2) * 2;
                z.GradFn!.RegisterHook((inputs, _) => { log = [.. inputs.Select(g => g is null)]; return null; });
                z.Sum().Backward();
                return [log.Select(missing => missing ? 1.0 : 0).ToArray()];
            }
            case "node hook that drops a gradient":
            {
                Tensor x = Leaf(2.0), y = Leaf(3.0), z = x * y;
                z.GradFn!.RegisterHook((inputs, _) => [null, inputs[1]]);
                z.Backward();
                return [x.Grad, y.Grad];
            }
            case "node hook of a leaf":
            {
                double[] log = [];
                Tensor x = Leaf(2.0), z = x * 1;
                z.GradFn!.NextFunctions[0].Node!.RegisterHook((inputs, outputs) =>
                {
                    log = [inputs.Count, outputs[0]!.Item(), x.Grad!.Item()];
                    return null;
                });
                (z * 3).Backward();
                return [log];
            }
            case "node hook of a function with an unused output":
            {
                double[] log = [];
                Tensor x = Leaf(1, 2), a = Two().ApplyMany(x)[0];
                a.GradFn!.RegisterHook((_, outputs) => { log = [.. outputs.Select(g => g is null ? 1.0 : 0)]; return null; });
                a.Sum().Backward();
                return [log, x.Grad];
            }
            case "node hook with the wrong count":
            {
                Tensor x = Leaf(2.0), y = x * x;
                y.GradFn!.RegisterHook((inputs, _) => [inputs[0]]);
                y.Backward();
                return [];
            }
            case "order of hooks":
            {
                var log = new List<string>();
                Tensor x = Leaf(2.0), y = x * 3;
                y.GradFn!.NextFunctions[0].Node!.RegisterHook((_, _) => { log.Add("after the leaf's node"); return null; });
                x.RegisterHook(_ => { log.Add("leaf"); return null; });
                y.GradFn.RegisterHook((_, _) => { log.Add("after the node"); return null; });
                y.RegisterHook(_ => { log.Add("result"); return null; });
                y.Backward();
                return [log.ToArray()];
            }
            case "backward to an input given twice":
            {
                Tensor x = Leaf(3.0);
                (x * x).Backward(inputs: [x, x]);
                return [x.Grad];
            }
            case "backward to a retained input":
            {
                Tensor x = Leaf(3.0), y = x * 2;
                y.RetainGrad();
                (y * y).Backward(inputs: [y]);
                return [y.Grad, x.Grad];
            }
            case "backward to an input with a hook":
            {
                var log = new List<double>();
                Tensor x = Leaf(2.0), y = x * 3, z = y * y;
                y.RegisterHook(g => { log.Add(g.Item()); return g * 2; });
                z.Backward(inputs: [y]);
                return [log.ToArray(), y.Grad];
            }
            default:
                return RunWithSavedValues(id);
        }
    }

    private static object?[] RunWithSavedValues(string id)
    {
        switch (id)
        {
            case "saved tensor hooks":
            {
                var log = new List<string>();
                Tensor x = Leaf(2.0), y = Leaf(3.0), z;
                using (Autograd.SavedTensorHooks(t => { log.Add($"pack {t.Item()}"); return t; }, t => { log.Add($"unpack {((Tensor)t).Item()}"); return (Tensor)t; })) z = x * y;
                log.Add("closed");
                z.Backward();
                return [log.ToArray(), x.Grad, y.Grad];
            }
            case "saved tensor hooks see what is saved":
            {
                var log = new List<double>();
                Tensor x = Leaf(0.0);
                using (Autograd.SavedTensorHooks(t => Remember(log, t), t => (Tensor)t))
                {
                    Exp.Apply(x);
                    _ = x * x;
                    _ = x.Sum() + 1;
                }
                return [log.ToArray()];
            }
            case "saved tensor hooks that change a value":
            {
                Tensor x = Leaf(2.0), z;
                using (Autograd.SavedTensorHooks(t => t * 10, t => (Tensor)t)) z = x * x;
                z.Backward();
                return [x.Grad];
            }
            case "saved tensor hooks nested":
            {
                var log = new List<string>();
                Tensor x = Leaf(2.0);
                using (Autograd.SavedTensorHooks(t => { log.Add("outer"); return t; }, t => (Tensor)t))
                {
                    using (Autograd.SavedTensorHooks(t => { log.Add("inner"); return t; }, t => (Tensor)t)) _ = x * x;
                    _ = x * x;
                }
                return [log.ToArray()];
            }
            case "saved tensor hooks and double backward":
            {
                Tensor x = Leaf(2.0), z;
                using (Autograd.SavedTensorHooks(t => t.Clone(), t => (Tensor)t)) z = x * x * x;
                Tensor g = Autograd.Grad(z, x, createGraph: true);
                return [g, Autograd.Grad(g, x)];
            }
            case "pack that changes its argument":
            {
                Tensor x = Leaf(2.0);
                using (Autograd.SavedTensorHooks(t => t.AddInPlace(1), t => (Tensor)t)) _ = (x * 1) * (x * 1);
                return [];
            }
            case "saved values of a node":
            {
                Tensor x = Leaf(2.0), y = Leaf(3.0), z = x * y, e = Exp.Apply(Leaf(0.0));
                return [z.GradFn!.SavedTensors["x"], z.GradFn.SavedTensors["y"], e.GradFn!.SavedTensors["result"]];
            }
            case "saved values after backward":
            {
                Tensor x = Leaf(2.0), z = x * x;
                z.Backward();
                _ = z.GradFn!.SavedTensors["x"];
                return [];
            }
            case "next functions":
            {
                Tensor[] two = Two().ApplyMany(Leaf(2.0));
                Tensor c = two[1] * two[0], d = two[0] * 2;
                return [c.GradFn!.NextFunctions.Select(next => (double)next.Output).ToArray(), ReferenceEquals(c.GradFn.NextFunctions[0].Node, two[0].GradFn), d.GradFn!.NextFunctions[1].Node is null];
            }
            case "inference tensors":
            {
                Tensor b = Plain(1, 2), x = Leaf(1, 2), y = x * 1, a, v, c, w, d;
                using (Autograd.InferenceMode())
                {
                    a = Plain(1, 2);
                    v = First(a, 1);
                    c = x * 2;
                    w = First(b, 1);
                    b.AddInPlace(1);
                    a.AddInPlace(1);
                    y.MulInPlace(2);
                    using (Autograd.EnableGrad()) d = x * 2;
                }
                Tensor e = a * 2, u = First(a, 1);
                return [Truths(t => t.IsInference, a, v, c, w, b, y, e, u), Truths(t => t.RequiresGrad, c, y, d), y.Version];
            }
            case "inference tensors that are not saved":
            {
                Tensor x = Leaf(1, 2), a;
                using (Autograd.InferenceMode()) a = Plain(3, 4);
                (x + a).Sum().Backward();
                (x * a.Clone()).Sum().Backward();
                return [x.Grad];
            }
            case "inference tensor changed outside":
            {
                Tensor a;
                using (Autograd.InferenceMode()) a = Plain(3, 4);
                a.AddInPlace(1);
                return [];
            }
            case "inference tensor that is to require grad":
            {
                Tensor a;
                using (Autograd.InferenceMode()) a = Plain(3, 4);
                a.RequireGrad();
                return [];
            }
            default:
                throw new NotSupportedException($"Engine scenario \"{id}\" is not written yet.");
        }
    }

    private static bool[] Truths(Func<Tensor, bool> what, params Tensor[] tensors) => Array.ConvertAll(tensors, t => what(t));
}
