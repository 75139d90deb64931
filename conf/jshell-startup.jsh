import org.patchgrid.metric.Metric;
import org.patchgrid.model.*;
import static org.patchgrid.model.Intervention.*;
